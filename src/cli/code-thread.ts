import { parentPort } from 'node:worker_threads'
import { serveRunner } from '@/engine/user-code/serve-runner'

// A file of its own beside the bundle of the command line: see `headless/thread-runner.ts`.
const answer = serveRunner(message => parentPort?.postMessage(message))
parentPort?.on('message', answer)
