import { loadBlob } from '@/state/blobs'
import { QueryClientProvider } from '@tanstack/react-query'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { queryClient } from '@/state/session/query-client'
import { Announcer } from '@/ui/announcer'
import { BlobSource } from '@/ui/blob-source'
import { Toaster } from '@/ui/toast'
import { AskedDialog } from './asked-dialog'
import { CommandPalette, OpenDspyDialog, ShortcutSheet } from './parts'
import { RowBoundary, ScreenBoundary } from '@/ui/error-boundary'
import { AppRoutes } from './app-routes'
import { StorageBanner } from './storage-banner'
import { WorkspaceBanner } from './workspace-banner'

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <BlobSource load={loadBlob}>
        <Router hook={useHashLocation}>
          <div className="flex h-full flex-col">
            <StorageBanner />
            <WorkspaceBanner />
            <div className="min-h-0 flex-1">
              <ScreenBoundary place="The studio">
                <AppRoutes />
              </ScreenBoundary>
            </div>
          </div>
          <RowBoundary place="The command palette">
            <AskedDialog event="open-palette" name="The search" dialog={CommandPalette} />
          </RowBoundary>
          <AskedDialog event="open-shortcuts" name="The list of shortcuts" dialog={ShortcutSheet} />
          <AskedDialog event="open-dspy" name="The DSPy file" dialog={OpenDspyDialog} />
        </Router>
        <Toaster />
        <Announcer />
      </BlobSource>
    </QueryClientProvider>
  )
}
