import { Monitor, Moon, Sun } from 'lucide-react'
import { setTheme, useSession, type Theme } from '@/state/session/session-store'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'

export function ThemeMenu() {
  const theme = useSession(session => session.theme)
  const { Icon } = choices.find(choice => choice.theme === theme) ?? choices[0]
  return (
    <Menu
      align="end"
      trigger={<IconButton label="Theme" icon={<Icon />} />}
      items={choices.map(choice => ({
        id: choice.theme,
        label: choice.label,
        icon: <choice.Icon />,
        checked: theme === choice.theme,
        onSelect: () => setTheme(choice.theme),
      }))}
    />
  )
}

const choices = [
  { theme: 'system' satisfies Theme, label: 'System', Icon: Monitor },
  { theme: 'light' satisfies Theme, label: 'Light', Icon: Sun },
  { theme: 'dark' satisfies Theme, label: 'Dark', Icon: Moon },
] as const
