import type { FakeReply } from './fake-openai'

/**
 * Ways in which a server sends back what it was sent, such as the headers with the key in them. Each makes a reply out of a text; those
 * that are answers hold `answer` as well, so that a program can go on with it.
 */
export const echoes: Readonly<Record<string, (said: string, answer: string) => FakeReply>> = {
  'in the answer': (said, answer) => ({ text: `${answer}\nYou sent: ${said}` }),
  'in the answer alone': said => ({ text: said }),
  'in JSON in the answer': said => ({ text: JSON.stringify({ label: said, headers: { authorization: said } }) }),
  'in a section of the answer': said => ({ text: `[[ ## label ## ]]\n${said}\n\n[[ ## completed ## ]]` }),
  'in thoughts in the answer': (said, answer) => ({ text: `<think>${said}</think>\n${answer}` }),
  'in thoughts apart': (said, answer) => completion({ content: answer, reasoning_content: said }),
  'in details of thoughts': (said, answer) => completion({ content: answer, reasoning_details: [{ type: 'reasoning.text', text: said }] }),
  'in parts': said => completion({ content: pieces(said).map(text => ({ type: 'text', text })) }),
  'in the arguments of a tool call': (said, answer) =>
    completion({ content: answer, tool_calls: [{ id: said, function: { name: said, arguments: JSON.stringify({ [said]: [said] }) } }] }),
  'in a tool call instead of an answer': said =>
    completion({ content: null, tool_calls: [{ id: 'a', function: { name: 'b', arguments: JSON.stringify({ label: said }) } }] }),
  'in the reason why it ended': (said, answer) => ({ text: answer, finishReason: said }),
  'in a refusal': said => completion({ content: '', refusal: said }),
  'in a stream': said => stream(said),
  'in thoughts of a stream': said => stream(said, 'reasoning_content'),
  'in an error of a stream': said => ({ body: `data: ${JSON.stringify({ error: { message: said, code: said } })}\n\ndata: [DONE]\n\n` }),
  'in an error inside of a success': said => ({ body: { error: { message: said, code: said, type: said } } }),
  'in something else': said => ({ body: { you: said, [said]: said } }),
  'in plain text': said => ({ body: said }),
  'in a page': said => ({ body: `<html><body>${said}</body></html>` }),
  'in a refusal of the key': said => ({ status: 401, body: { error: { message: `Wrong key: ${said}`, code: said } } }),
  'in a refusal of the request': said => ({ status: 400, body: { detail: [{ msg: said, loc: [said] }] } }),
  'behind a gateway': said => ({ status: 400, body: { error: { message: 'a', metadata: { raw: JSON.stringify({ error: said }) } } } }),
  'in a failure': said => ({ status: 500, body: said }),
  'in a failure, cut off': said => ({ status: 502, body: `${'x'.repeat(262_144 - Math.ceil(said.length * 0.75))}${said}` }),
  'in a page of a failure': said => ({ status: 503, body: `<html><title>${said}</title><p>${said}</p></html>` }),
}

function completion(message: object): FakeReply {
  return { body: { choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }] } }
}

/** Split in the middle of whatever it holds. */
function stream(said: string, field = 'content'): FakeReply {
  const events = pieces(said).map(text => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { [field]: text } }] })}\n\n`)
  return { body: `${events.join('')}data: [DONE]\n\n` }
}

function pieces(text: string): readonly string[] {
  return text.match(/[^]{1,5}/g) ?? []
}
