import { Settings } from 'lucide-react'
import { Link } from 'wouter'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { IconButton } from '@/ui/icon-button'
import { Tooltip } from '@/ui/tooltip'
import { ActiveRun } from './active-run'
import { ExportMenu } from './export-menu'
import { HelpButton } from './help-button'
import { ProductMark } from './product-mark'
import { ProjectName } from './project-name'
import { RunActions } from './run-actions'
import { SaveStatus } from './save-status'
import { ScreenTabs } from './screen-tabs'
import { ThemeMenu } from './theme-menu'
import { UndoButton } from './undo-button'

export function TopBar({ projectId }: { readonly projectId: string }) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-surface px-3 max-[899px]:h-auto max-[899px]:flex-wrap max-[899px]:px-2 max-[899px]:pt-1">
      <div className="flex min-w-0 flex-1 items-center gap-1.5 max-sm:w-full max-sm:flex-none">
        <Tooltip text="All projects">
          <Link href={paths.gallery()} aria-label="DSPy Studio: all projects" className="rounded-md p-1 hover:bg-hover">
            <ProductMark />
          </Link>
        </Tooltip>
        <ProjectName />
        <SaveStatus />
        <ActiveRun />
      </div>
      <ScreenTabs projectId={projectId} />
      <div className="flex flex-1 items-center justify-end gap-0.5 max-[899px]:flex-none max-sm:w-full max-sm:justify-between">
        <UndoButton direction="undo" />
        <UndoButton direction="redo" />
        <Divider />
        <RunActions />
        <Divider />
        <ExportMenu />
        <ThemeMenu />
        <IconButton label="Settings" icon={<Settings />} onClick={() => goTo(paths.settings())} className="max-lg:hidden" />
        <HelpButton />
      </div>
    </header>
  )
}

function Divider() {
  return <span className="mx-1 h-4 w-px bg-line max-sm:hidden" aria-hidden="true" />
}
