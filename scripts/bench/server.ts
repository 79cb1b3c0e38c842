import { startFakeOpenAi } from '../../e2e/fake-openai'

// The other side of the HTTP benches, in a process of its own: prints its address and answers until it is killed.
const latencyMs = Number(process.argv[2] ?? 0)
const server = await startFakeOpenAi({ latencyMs, log: false, answer: () => '[[ ## answer ## ]]\nfine\n\n[[ ## completed ## ]]' })
console.log(server.url)
