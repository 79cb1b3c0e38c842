export const helpText = `DSPy Studio, headless: the studio's engine from a shell.

  cli new      --signature "text -> category: Literal['a','b']" --out P.json
               [--module ID] [--adapter ID] [--json-fallback once|twice|never] [--dspy-exact] [--native-tools]
               [--metric ID[:OUTPUT]] [--instructions TEXT] [--name NAME]
               [--metric "rubric-judge:CRITERIA IN WORDS"]
  cli new      --template ID --out P.json [--adapter ID] [--json-fallback once|twice|never] [--dspy-exact]
               [--native-tools] [--name NAME]
               a project to start from, with its rows; the studio's gallery shows them
  cli new      --state STATE.json --out P.json [--name NAME]
               a project built from a DSPy state file alone; what is guessed is said
  cli kinds    [--json]   every id of a step, adapter, way of asking again in JSON, metric, optimizer, provider and type,
                          with its settings
  cli check    --project P.json [--data F] [--map col=field,…]
  cli evaluate --project P.json --lm LM [--data F] [--map col=field,…] [--split train|val|test|all] [--limit N] [--out F] [--stream]
  cli compile  --project P.json --lm LM --optimizer ID [--params JSON] [--data F] [--val F] [--out F] [--journal DIR]
  cli replay   --journal DIR
  cli export   --project P.json --to typescript|python|dspy-json --out DIR [--wording studio|dspy]
  cli optimizers [--json]

  LM is "sandbox" (the embedded stand-in, not a language model) or BASE_URL#MODEL of an OpenAI-compatible endpoint.
  Data files are .csv, .tsv, .jsonl or .json: a list of objects, objects one after another, or a table of columns as pandas writes it.
  An input of type dspy.Image takes a path beside the data file,
  an address on the web, or a data: URL.

  --signature-file X.py   in place of --signature: fields and instructions of a dspy.Signature class, which is read and never run
  --signature-class NAME  which one, where the file has several
  --module ID             the kind of step that answers the signature (predict); "code" works on the answer of a predict step
  --adapter ID            how its prompts are laid out (chat)
  --json-fallback once|twice|never
                          how often an answer that cannot be read is asked for again in JSON (once)
  --dspy-exact            reads answers to DSPy's letter: what DSPy refuses is refused, too
  --native-tools          calls tools through the model's API where it can, instead of describing them in the prompt
  --metric ID[:OUTPUT]    how answers are scored (exact-match), by which output
  --prompt-lm LM          writes instructions; the task LM unless given
  --teacher-lm LM         answers while demos are bootstrapped; the task LM unless given
  --reflection-lm LM      reads what went wrong, for GEPA; the prompt LM unless given
  --judge-lm LM           grades answers for a metric that asks a model; the prompt LM unless given
  --extraction-lm LM      reads the fields out of answers in plain words, for the adapter two-step; whoever wrote them unless given
  --embedding-lm LM       compares texts, for knn-few-shot with "vectorizer": "embedding"; an endpoint with an embeddings API
  --key-env NAME          environment variable that holds the API key of the task LM's address
  --prompt-key-env NAME, --teacher-key-env, --reflection-key-env, --judge-key-env, --extraction-key-env,
  --embedding-key-env
                          the same for those LMs, where they have another address
  --temperature T  --max-tokens N  --price IN,OUT (US dollars per million tokens)
  --allow-host ADDRESS    an address that tools of the project may contact, such as https://api.example.com; again for each
  --secret ADDRESS#NAME=VARIABLE
                          a secret that a tool names, for one address, from an environment variable; again for each
  --timeout SECONDS       longest wait for one answer (120)
  --state F               a DSPy state file to load onto the project first
  --encoding NAME         how the bytes of a data file are read, such as windows-1252; found by the file itself unless given
  --skip-bad-rows         leaves out rows of a data file that cannot be read, instead of refusing the file
  --concurrency N         LM calls at the same time (16)
  --seed S                seed of intervals and optimizers that take one (0)
  --max-calls N  --max-cost DOLLARS  --max-tokens-total N  --max-seconds N
                          hard caps: at the first one reached the run ends and keeps the best
  --max-errors N|N%       rows that may fail before the run ends (10, or a tenth of them where that is more)
  --journal DIR           keeps the run in a folder: the same command resumes it after a kill, a stop or a raised cap
  --wording studio|dspy   whose words the prompts of exported Python are in: the studio's (the default), or those of DSPy's own adapters
  --pause-file F          while this file exists, no new request is sent
  --out F                 compile: the compiled project, or DSPy's state file when the name has "state" in it;
                          evaluate: a line of JSON for each row, with its prediction, its score and the bounds at which steps ended
  --stream                print the outputs of one row as the model writes them (evaluate, with --limit 1)
  --json                  print one JSON object

  calls counts requests sent to the provider, retries included; cachedCalls are answers that cost nothing;
  lostCalls were under way when an earlier attempt was killed, and count for the caps; cutAnswers ended at the token limit, by a filter or by a failure;
  askedAgain were asked for in JSON because the answer before could not be read.
  stopped counts the rows in which a step ended at a bound, such as the most steps of an agent, and answered with what it had.
  Exit code 0: done, or ended by a cap with the best kept; 1: failed; 2: a flag is wrong; 130: stopped by Ctrl+C.
`
