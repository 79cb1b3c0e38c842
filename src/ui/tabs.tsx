import { Tabs as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx'
import { ErrorBoundary } from './error-boundary'

export interface TabItem<V extends string = string> {
  readonly value: V
  readonly label: ReactNode
  readonly badge?: ReactNode
  readonly disabled?: boolean
}

interface TabsProps<V extends string> {
  readonly value: V
  readonly onChange: (value: V) => void
  readonly tabs: readonly TabItem<V>[]
  /** Accessible name of the row of tabs. */
  readonly label: string
  /** TabPanels, one for each tab. */
  readonly children?: ReactNode
  readonly className?: string
  readonly listClassName?: string
}

export function Tabs<V extends string>({ value, onChange, tabs, label, children, className, listClassName }: TabsProps<V>) {
  return (
    // Radix hands back a value of one of the tabs, so it is a V.
    <Primitive.Root value={value} onValueChange={next => onChange(next as V)} className={cx('flex min-h-0 flex-col', className)}>
      <Primitive.List aria-label={label} className={cx('flex shrink-0 flex-wrap border-b border-line px-1.5', listClassName)}>
        {tabs.map(tab => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            disabled={tab.disabled}
            // A tab whose panel is drawn elsewhere has nothing to point at.
            {...(children === undefined ? { 'aria-controls': undefined } : undefined)}
            className="-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 border-transparent px-1.5 text-base text-soft transition-colors hover:text-ink focus-visible:outline-offset-[-2px] disabled:opacity-45 data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {tab.label}
            {tab.badge !== undefined && <span className="rounded-full bg-pressed px-1.5 text-xs text-soft tabular">{tab.badge}</span>}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {children}
    </Primitive.Root>
  )
}

interface TabPanelProps {
  readonly value: string
  readonly children?: ReactNode
  readonly className?: string
}

export function TabPanel({ value, children, className }: TabPanelProps) {
  return (
    <Primitive.Content value={value} className={cx('min-h-0 flex-1 overflow-y-auto focus-visible:outline-offset-[-2px]', className)}>
      <ErrorBoundary place="This tab">{children}</ErrorBoundary>
    </Primitive.Content>
  )
}
