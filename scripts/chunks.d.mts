import type { Plugin, Rolldown } from 'vite'

export const pageChunks: Rolldown.OutputOptions
export const workerChunks: Rolldown.OutputOptions
export function chunkReport(part: 'page' | 'worker'): Plugin
