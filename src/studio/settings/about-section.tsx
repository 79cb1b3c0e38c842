import { appVersion } from '@/lib/app-version'

export function AboutSection() {
  return (
    <div className="flex flex-col gap-2 text-soft">
      <p>DSPy Studio {appVersion}. Licensed under Apache-2.0.</p>
      <p>
        The studio is a work of its own, written in TypeScript. It follows the ideas, names and file shapes of DSPy so that what you learn
        here carries over, and it is not made, checked or endorsed by the DSPy project.
      </p>
      <p>
        The Sandbox model is part of the studio: it answers by similarity to the demos in the prompt, by label names and rules, and by small
        arithmetic. It shows what optimizers do. It is not an LLM, and its scores say nothing about how an LLM will score.
      </p>
    </div>
  )
}
