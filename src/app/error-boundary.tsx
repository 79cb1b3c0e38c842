import { Component, type ReactNode } from 'react'
import { PartNotLoaded } from '@/lib/on-use'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'

interface ErrorBoundaryProps {
  /** What failed, for the title: "The canvas". */
  readonly place: string
  /** A change of it lifts the error: the user has gone elsewhere. */
  readonly resetKey?: string
  readonly children: ReactNode
}
interface ErrorBoundaryState {
  readonly error?: Error
  readonly resetKey?: string
}

/** Keeps a bug in one place of the screen, and says that nothing saved is lost. */
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
    return (
      <div className="flex h-full items-center justify-center p-8">
        <div className="w-full max-w-lg">
          <ErrorBox
            title={`${this.props.place} could not be shown`}
            {...(error instanceof PartNotLoaded
              ? { message: error.message }
              : {
                  message: 'This is a fault of the studio. Your project is saved; trying again or reloading the page is safe.',
                  detail: error.stack ?? error.message,
                })}
            onRetry={() => this.setState({ error: undefined })}
          />
          <Button variant="ghost" className="mt-3" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </div>
      </div>
    )
  }
}
