import { loadBlob } from '@/state/blobs'
import { QueryClientProvider } from '@tanstack/react-query'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { queryClient } from '@/state/session/query-client'
import { Announcer } from '@/ui/announcer'
import { BlobSource } from '@/ui/blob-source'
import { Toaster } from '@/ui/toast'
import { CommandPalette } from './command-palette'
import { ErrorBoundary } from './error-boundary'
import { AppRoutes } from './app-routes'
import { ShortcutSheet } from './shortcut-sheet'
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
              <ErrorBoundary place="The studio">
                <AppRoutes />
              </ErrorBoundary>
            </div>
          </div>
          <CommandPalette />
          <ShortcutSheet />
        </Router>
        <Toaster />
        <Announcer />
      </BlobSource>
    </QueryClientProvider>
  )
}
