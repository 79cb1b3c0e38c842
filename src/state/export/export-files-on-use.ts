import { onUse } from '@/lib/on-use'

/** What writes exported files, loaded when a program is exported: it knows every adapter and module. */
export const exportFiles = onUse(() => import('./export-files'))
