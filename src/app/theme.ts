import { sessionStore, type Theme } from '@/state/session/session-store'

const prefersDark = () => window.matchMedia('(prefers-color-scheme: dark)')

/** Puts the chosen theme on the document, and keeps it there as the choice or the system changes. */
export function watchTheme(): void {
  const apply = () => {
    document.documentElement.dataset['theme'] = resolve(sessionStore.getState().theme)
  }
  apply()
  sessionStore.subscribe(apply)
  prefersDark().addEventListener('change', apply)
}

function resolve(theme: Theme): 'light' | 'dark' {
  if (theme !== 'system') return theme
  return prefersDark().matches ? 'dark' : 'light'
}
