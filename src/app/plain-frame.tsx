import { Settings } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { cx } from '@/ui/cx'
import { IconButton } from '@/ui/icon-button'
import { HelpButton } from './help-button'
import { ProductMark } from './product-mark'
import { ThemeMenu } from './theme-menu'
import { usePageTitle } from './use-page-title'

interface PlainFrameProps {
  /** Name of the page, for the window's title. */
  readonly title: string
  readonly children: ReactNode
}

/** The frame of pages that belong to no project. */
export function PlainFrame({ title, children }: PlainFrameProps) {
  usePageTitle(title)
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-4">
        <Link href={paths.gallery()} className="flex items-center gap-2 rounded-md pr-1">
          <ProductMark />
          <span className="text-lg font-semibold">DSPy Studio</span>
        </Link>
        <span className="flex-1" />
        <ThemeMenu />
        <HelpButton />
        <IconButton
          label="Settings"
          icon={<Settings />}
          onClick={() => goTo(paths.settings())}
          className={cx(title === 'Settings' && 'bg-pressed text-ink')}
        />
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto">{children}</main>
    </div>
  )
}
