import type { EndpointPreset } from '../base/provider'

const cloud: readonly EndpointPreset[] = [
  {
    id: 'openai',
    title: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://platform.openai.com/api-keys',
  },
  {
    id: 'openrouter',
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://openrouter.ai/settings/keys',
    note: 'One key for models of many providers, some of them free.',
  },
  {
    id: 'groq',
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://console.groq.com/keys',
  },
  {
    id: 'mistral',
    title: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://console.mistral.ai/api-keys',
  },
  {
    id: 'together',
    title: 'Together',
    baseUrl: 'https://api.together.xyz/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://api.together.xyz/settings/api-keys',
  },
  {
    id: 'fireworks',
    title: 'Fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://app.fireworks.ai/settings/users/api-keys',
  },
  {
    id: 'deepseek',
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://platform.deepseek.com/api_keys',
    note: 'Takes no seed; JSON only as an object, not by schema.',
  },
  {
    id: 'cerebras',
    title: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://cloud.cerebras.ai',
    note: 'A wrong key looks like a blocked request here, because the refusal hides from web pages.',
  },
  {
    id: 'huggingface',
    title: 'Hugging Face router',
    baseUrl: 'https://router.huggingface.co/v1',
    needsKey: true,
    isLocal: false,
    keyUrl: 'https://huggingface.co/settings/tokens',
  },
]

const local: readonly EndpointPreset[] = [
  {
    id: 'ollama',
    title: 'Ollama',
    baseUrl: 'http://localhost:11434/v1',
    needsKey: false,
    isLocal: true,
    note: 'Answers pages on localhost. For any other address start it with OLLAMA_ORIGINS set to that address. Prompts longer than its context are cut without an error: raise num_ctx in a Modelfile.',
  },
  {
    id: 'lm-studio',
    title: 'LM Studio',
    baseUrl: 'http://localhost:1234/v1',
    needsKey: false,
    isLocal: true,
    note: 'Turn on "Enable CORS" in its server settings, or run: lms server start --cors',
  },
  {
    id: 'vllm',
    title: 'vLLM',
    baseUrl: 'http://localhost:8000/v1',
    needsKey: false,
    isLocal: true,
    note: 'Open to web pages by default; needs a key when started with --api-key.',
  },
  {
    id: 'llama-cpp',
    title: 'llama.cpp server',
    baseUrl: 'http://localhost:8080/v1',
    needsKey: false,
    isLocal: true,
    note: 'Open to web pages by default; only to localhost once tools are enabled.',
  },
  {
    id: 'localai',
    title: 'LocalAI',
    baseUrl: 'http://localhost:8080/v1',
    needsKey: false,
    isLocal: true,
    note: 'Refuses calls from web pages that carry no key: save any text as the key.',
  },
  {
    id: 'litellm',
    title: 'LiteLLM proxy',
    baseUrl: 'http://localhost:4000/v1',
    needsKey: false,
    isLocal: true,
    note: 'Reaches providers that refuse web pages, such as AWS Bedrock.',
  },
]

export const endpointPresets: readonly EndpointPreset[] = [...cloud, ...local]

/** The preset an address belongs to, by origin. Several local servers share a port: then the first one listed. */
export function presetOf(origin: string): EndpointPreset | undefined {
  return endpointPresets.find(preset => new URL(preset.baseUrl).origin === origin)
}
