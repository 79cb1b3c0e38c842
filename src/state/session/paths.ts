/** Where each screen lives behind the `#` of the address. */
export const paths = {
  gallery: () => '/',
  project: (projectId: string) => `/p/${projectId}`,
  data: (projectId: string) => `/p/${projectId}/data`,
  compile: (projectId: string) => `/p/${projectId}/compile`,
  runs: (projectId: string) => `/p/${projectId}/runs`,
  run: (projectId: string, runId: string) => `/p/${projectId}/runs/${runId}`,
  trace: (projectId: string, runId: string, batch: number, index: number) => `/p/${projectId}/runs/${runId}/${batch}/${index}`,
  settings: () => '/settings',
} as const

/** Route patterns of the same screens, for the router. */
export const routes = {
  gallery: '/',
  project: '/p/:projectId',
  data: '/p/:projectId/data',
  compile: '/p/:projectId/compile',
  runs: '/p/:projectId/runs',
  run: '/p/:projectId/runs/:runId',
  trace: '/p/:projectId/runs/:runId/:batch/:index',
  settings: '/settings',
} as const
