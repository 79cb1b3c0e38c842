export function buildRuntime(outFolder?: string): Promise<void>
export function bundleForNode(entry: string, name: string): Promise<string>
export function writeText(path: string, text: string): void
