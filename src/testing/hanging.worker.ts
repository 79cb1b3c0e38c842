import '@/worker/engine.worker'
import { hangingAnswer, letChatAdapterHang } from './hanging-adapter'

letChatAdapterHang()
// The model of this engine: about one row it says what the adapter hangs on.
globalThis.fetch = async (_input, init) => {
  const isHanging = String(init?.body).includes('hang here')
  const content = isHanging ? hangingAnswer : '[[ ## label ## ]]\nfruit\n\n[[ ## completed ## ]]'
  return Response.json({ choices: [{ message: { content }, finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 1 } })
}
