export const helpText = `DSPy Studio, headless: the studio's engine from a shell.

  cli new      --signature "text -> category: Literal['a','b']" --out P.json
               [--module ID] [--adapter ID] [--metric ID[:OUTPUT]] [--instructions TEXT] [--name NAME]
               [--metric "rubric-judge:CRITERIA IN WORDS"]
  cli kinds    [--json]   every id of a step, adapter, metric, optimizer, provider and type, with its settings
  cli check    --project P.json
  cli evaluate --project P.json --lm LM [--data F] [--map col=field,…] [--split train|val|test|all] [--limit N] [--out F]
  cli compile  --project P.json --lm LM --optimizer ID [--params JSON] [--data F] [--val F] [--out F] [--journal DIR]
  cli replay   --journal DIR
  cli export   --project P.json --to typescript|dspy-json --out DIR
  cli optimizers [--json]

  LM is "sandbox" (the embedded stand-in, not a language model) or BASE_URL#MODEL of an OpenAI-compatible endpoint.
  Data files are .csv, .tsv, .jsonl or .json (an array of objects).

  --module ID             the kind of step that answers the signature (predict); "code" works on the answer of a predict step
  --adapter ID            how its prompts are laid out (chat)
  --json-fallback once|twice|never
                          how often an answer that cannot be read is asked for again in JSON (once)
  --metric ID[:OUTPUT]    how answers are scored (exact-match), by which output
  --prompt-lm LM          writes instructions; the task LM unless given
  --teacher-lm LM         answers while demos are bootstrapped; the task LM unless given
  --reflection-lm LM      reads what went wrong, for GEPA; the prompt LM unless given
  --judge-lm LM           grades answers for a metric that asks a model; the prompt LM unless given
  --embedding-lm LM       compares texts, for knn-few-shot with "vectorizer": "embedding"; an endpoint with an embeddings API
  --key-env NAME          environment variable that holds the API key of the task LM's address
  --prompt-key-env NAME, --teacher-key-env, --reflection-key-env, --judge-key-env, --embedding-key-env
                          the same for those LMs, where they have another address
  --temperature T  --max-tokens N  --price IN,OUT (US dollars per million tokens)
  --timeout SECONDS       longest wait for one answer (120)
  --state F               a DSPy state file to load onto the project first
  --skip-bad-rows         leaves out rows of a data file that cannot be read, instead of refusing the file
  --concurrency N         LM calls at the same time (16)
  --seed S                seed of intervals and optimizers that take one (0)
  --max-calls N  --max-cost DOLLARS  --max-tokens-total N  --max-seconds N
                          hard caps: at the first one reached the run ends and keeps the best
  --max-errors N          rows that may fail before the run ends (10)
  --journal DIR           keeps the run in a folder: the same command resumes it after a kill, a stop or a raised cap
  --pause-file F          while this file exists, no new request is sent
  --out F                 compile: the compiled project, or DSPy's state file when the name has "state" in it;
                          evaluate: a line of JSON for each row, with its prediction and score
  --json                  print one JSON object

  calls counts requests sent to the provider, retries included; cachedCalls are answers that cost nothing;
  lostCalls were under way when an earlier attempt was killed; cutAnswers ended at the token limit, by a filter or by a failure;
  askedAgain were asked for in JSON because the answer before could not be read.
  Exit code 0: done, or ended by a cap with the best kept; 1: failed; 2: a flag is wrong; 130: stopped by Ctrl+C.
`
