import { createContext, useContext, useMemo, type ReactNode } from 'react'

interface SaidErrorsProps {
  /** What has been said in full above the children; undefined says nothing more. */
  readonly message: string | undefined
  readonly children: ReactNode
}

/** One cause is said once: below here, `ErrorText` and `useSaid` know this message as said. */
export function SaidErrors({ message, children }: SaidErrorsProps) {
  const outer = useContext(SaidContext)
  const said = useMemo(() => (message === undefined ? outer : [...outer, message]), [outer, message])
  return <SaidContext value={said}>{children}</SaidContext>
}

/** What is shown in place of a message that was said above: the error of a step is often that of what it asked. */
export function useSaid(): (message: string) => string | undefined {
  const said = useContext(SaidContext)
  return message => (said.some(each => isSaid(message, each)) ? 'see the error above' : undefined)
}

/** A short message stands in many a longer one by chance. */
function isSaid(message: string, said: string): boolean {
  return message !== '' && (said === message || (message.length > 20 && said.includes(message)))
}

/** The message of an error, or a few words where it stands above already. */
export function ErrorText({ message }: { readonly message: string }) {
  const said = useSaid()(message)
  return said === undefined ? message : <span className="text-faint">Failed: {said}.</span>
}

const SaidContext = createContext<readonly string[]>([])
