import { Component, type ReactNode } from 'react'
import { PartNotLoaded } from '@/lib/on-use'
import { Button } from './button'
import { ErrorBox } from './error-box'

interface Fault {
  readonly error: Error
  retry(): void
}

interface ErrorBoundaryProps {
  /** What failed, for the title: "The canvas". */
  readonly place: string
  /** A change of it lifts the error: the user has gone elsewhere, or what is shown is another thing. */
  readonly resetKey?: unknown
  /** It is an item of a list, and so has to be what stands in its place. */
  readonly isItem?: boolean
  /** What stands in its place; a box with the error where it is absent. */
  readonly fallback?: (fault: Fault) => ReactNode
  readonly children?: ReactNode
}
interface ErrorBoundaryState {
  readonly error?: Error
  readonly resetKey?: unknown
}

/**
 * Keeps a bug in one card, row, tab or screen, and says that nothing saved is lost. Whatever draws what was stored or imported has one
 * close around it.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = {}

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  static getDerivedStateFromProps(props: ErrorBoundaryProps, state: ErrorBoundaryState): ErrorBoundaryState | null {
    return props.resetKey === state.resetKey ? null : { error: undefined, resetKey: props.resetKey }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    const fault = { error, retry: () => this.setState({ error: undefined }) }
    const box = this.props.fallback?.(fault) ?? <FaultBox place={this.props.place} {...fault} />
    return this.props.isItem === true ? <li>{box}</li> : box
  }
}

/** For a whole screen, where a reload may be what helps. */
export function ScreenBoundary({ children, ...rest }: Omit<ErrorBoundaryProps, 'fallback'>) {
  return (
    <ErrorBoundary
      {...rest}
      fallback={fault => (
        <div className="flex h-full items-center justify-center p-8">
          <div className="w-full max-w-lg">
            <FaultBox place={rest.place} {...fault} />
            <Button variant="ghost" className="mt-3" onClick={() => window.location.reload()}>
              Reload the page
            </Button>
          </div>
        </div>
      )}
    >
      {children}
    </ErrorBoundary>
  )
}

/** For one row among many: a line in its place. */
export function RowBoundary({ children, ...rest }: Omit<ErrorBoundaryProps, 'fallback'>) {
  return (
    <ErrorBoundary
      {...rest}
      fallback={({ error, retry }) => (
        <span role="alert" className="flex min-w-0 items-center gap-2 px-3 py-1 text-sm text-bad-text" title={error.message}>
          <span className="truncate">{rest.place} could not be shown. The others are not touched.</span>
          <Button size="sm" variant="ghost" onClick={retry}>
            Try again
          </Button>
        </span>
      )}
    >
      {children}
    </ErrorBoundary>
  )
}

function FaultBox({ place, error, retry }: Fault & Pick<ErrorBoundaryProps, 'place'>) {
  return (
    <ErrorBox
      title={`${place} could not be shown`}
      {...(error instanceof PartNotLoaded
        ? { message: error.message }
        : {
            message: 'This is a fault of the studio. Your project is saved; trying again or reloading the page is safe.',
            detail: error.stack ?? error.message,
          })}
      onRetry={retry}
    />
  )
}
