import { Link, useLocation } from 'wouter'
import { paths } from '@/state/session/paths'
import { cx } from '@/ui/cx'

/** Build, Data, Compile, Runs: links, since each is an address of its own. */
export function ScreenTabs({ projectId }: { readonly projectId: string }) {
  const [location] = useLocation()
  const tabs = [
    { label: 'Build', path: paths.project(projectId), isExact: true },
    { label: 'Data', path: paths.data(projectId) },
    { label: 'Compile', path: paths.compile(projectId) },
    { label: 'Runs', path: paths.runs(projectId) },
  ]
  return (
    <nav
      aria-label="Screens"
      className="flex h-full items-stretch gap-0.5 max-[899px]:order-last max-[899px]:h-9 max-[899px]:w-full max-[899px]:justify-center"
    >
      {tabs.map(tab => {
        const isHere = tab.isExact ? location === tab.path : location.startsWith(tab.path)
        return (
          <Link
            key={tab.label}
            href={tab.path}
            aria-current={isHere ? 'page' : undefined}
            className={cx(
              'relative flex items-center rounded-md px-3 transition-colors focus-visible:outline-offset-[-2px]',
              isHere
                ? 'font-medium text-ink after:absolute after:inset-x-3 after:bottom-0 after:h-0.5 after:rounded-full after:bg-accent'
                : 'text-soft hover:text-ink',
            )}
          >
            {tab.label}
          </Link>
        )
      })}
    </nav>
  )
}
