import { Monitor, Moon, Sun } from 'lucide-react'
import { setTheme, useSession } from '@/state/session/session-store'
import { FormField } from '@/ui/form-field'
import { Segmented } from '@/ui/segmented'

export function AppearanceSection() {
  const theme = useSession(session => session.theme)
  return (
    <FormField label="Theme" help="Motion follows your system: with reduced motion, nothing slides or fades.">
      <Segmented
        label="Theme"
        value={theme}
        onChange={setTheme}
        options={[
          { value: 'system', label: 'System', icon: <Monitor /> },
          { value: 'light', label: 'Light', icon: <Sun /> },
          { value: 'dark', label: 'Dark', icon: <Moon /> },
        ]}
      />
    </FormField>
  )
}
