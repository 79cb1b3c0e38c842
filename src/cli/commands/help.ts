export const helpText = `DSPy Studio, headless: the studio's engine from a shell.

  cli new      --signature "text -> category: Literal['a','b']" --out P.json
               [--module predict|chain-of-thought] [--metric exact-match:category] [--instructions TEXT] [--name NAME]
  cli evaluate --project P.json --lm LM [--data F] [--map col=field,…] [--split train|val|test|all] [--limit N]
  cli compile  --project P.json --lm LM --optimizer ID [--params JSON] [--data F] [--val F] [--out F] [--journal DIR]
  cli replay   --journal DIR
  cli export   --project P.json --to typescript|dspy-json --out DIR
  cli optimizers

  LM is "sandbox" (the embedded stand-in, not a language model) or BASE_URL#MODEL of an OpenAI-compatible endpoint.
  Data files are .csv, .tsv, .jsonl or .json (an array of objects).

  --prompt-lm LM          writes instructions; the task LM unless given
  --key-env NAME          environment variable that holds the API key
  --temperature T  --max-tokens N  --price IN,OUT (US dollars per million tokens)
  --state F               a DSPy state file to load onto the project first
  --concurrency N         program runs at the same time (16)
  --seed S                seed of intervals and optimizers that take one (0)
  --max-calls N  --max-cost DOLLARS  --max-tokens-total N  --max-errors N
  --pause-file F          while this file exists, no new request is sent
  --out F                 the compiled project; a name with "state" in it gets the DSPy state file instead
  --json                  print one JSON object

  calls counts requests sent to the provider, retries included; cachedCalls are answers that cost nothing.
`
