import type { CodeRequest } from '@/engine/user-code/code-messages'
import { serveRunner } from '@/engine/user-code/serve-runner'

const answer = serveRunner(message => self.postMessage(message))
self.addEventListener('message', (event: MessageEvent<CodeRequest>) => answer(event.data))
