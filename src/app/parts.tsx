import { currentPath } from '@/state/session/navigation'
import { whenShown } from '@/ui/when-shown'
import { LoadingScreen } from './loading-screen'

// Everything of the page that is loaded when it is first shown: a visit waits for what it looks at.

const loading = () => <LoadingScreen label="Loading" />

export const ProjectFrame = whenShown(
  async () => {
    // Its first screen is fetched beside the frame, not after it.
    if (matchesBuild.test(currentPath())) for (const part of [CanvasPane, InspectorPane]) part.load().catch(() => undefined)
    return (await import('./project-frame')).ProjectFrame
  },
  () => <LoadingScreen label="Opening the project" />,
)
const matchesBuild = /^\/p\/[^/]+\/?$/
export const GalleryScreen = whenShown(
  async () => (await import('@/studio/gallery/gallery-screen')).GalleryScreen,
  () => <LoadingScreen label="Loading projects" />,
)
export const SettingsScreen = whenShown(
  async () => (await import('@/studio/settings/settings-screen')).SettingsScreen,
  () => <LoadingScreen label="Loading settings" />,
)
export const KitScreen = whenShown(
  async () => (await import('./kit/kit-screen')).KitScreen,
  () => <LoadingScreen label="Loading components" />,
)
export const DataScreen = whenShown(async () => (await import('@/studio/data/data-screen')).DataScreen, loading)
export const CompileScreen = whenShown(async () => (await import('@/studio/compile/compile-screen')).CompileScreen, loading)
export const RunsScreen = whenShown(async () => (await import('@/studio/runs/list/runs-screen')).RunsScreen, loading)
export const RunScreen = whenShown(async () => (await import('@/studio/runs/frame/run-screen')).RunScreen, loading)
export const TraceScreen = whenShown(async () => (await import('@/studio/traces/trace-screen')).TraceScreen, loading)
export const CanvasPane = whenShown(
  async () => (await import('@/studio/canvas/canvas-screen')).CanvasPane,
  () => <LoadingScreen label="Loading the canvas" />,
)
export const InspectorPane = whenShown(
  async () => (await import('@/studio/inspector/inspector-pane')).InspectorPane,
  () => <LoadingScreen label="Loading the inspector" />,
)
export const CommandPalette = whenShown(async () => (await import('./command-palette')).CommandPalette)
export const ShortcutSheet = whenShown(async () => (await import('./shortcut-sheet')).ShortcutSheet)
export const ToolHostsBar = whenShown(async () => (await import('./tool-hosts-bar')).ToolHostsBar)
export const OpenDspyDialog = whenShown(async () => (await import('./open-dspy-dialog')).OpenDspyDialog)
