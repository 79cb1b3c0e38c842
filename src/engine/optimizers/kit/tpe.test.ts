import { describe, expect, it } from 'vitest'
import { numpyRandom } from './numpy-random'
import { tpeSampler } from './tpe'

describe('numbers as NumPy draws them', () => {
  it('start as RandomState(9) does', () => {
    const draw = numpyRandom(9)
    expect([draw(), draw(), draw()]).toEqual([0.010374153885699955, 0.5018745921487388, 0.4957732931341461])
  })
})

describe('the TPE sampler', () => {
  const instruction = { name: '0_predictor_instruction', choices: 3 }
  const demos = { name: '0_predictor_demos', choices: 6 }

  it('suggests what Optuna suggests, 16 times of 16', () => {
    const sampler = tpeSampler([instruction, demos], 9)
    sampler.tell({ [instruction.name]: 0, [demos.name]: 0 }, 50)
    const seen = Array.from({ length: 16 }, () => {
      const choice = sampler.ask()
      const [i = 0, d = 0] = [choice[instruction.name], choice[demos.name]]
      sampler.tell(choice, 50 + 10 * i - 3 * d)
      return `${i},${d}`
    })
    expect(seen.join(' ')).toBe('1,3 2,0 1,5 2,2 0,5 2,0 2,5 1,4 2,5 2,3 2,0 2,0 1,0 2,1 2,4 2,0')
  })

  it('leaves out what has one option, and draws nothing for it', () => {
    const alone = tpeSampler([instruction, demos], 3)
    const besides = tpeSampler([instruction, { name: '1_predictor_instruction', choices: 1 }, demos], 3)
    for (let trial = 0; trial < 14; trial++) {
      const choice = alone.ask()
      expect(besides.ask()).toEqual({ ...choice, '1_predictor_instruction': 0 })
      alone.tell(choice, trial % 5)
      besides.tell({ ...choice, '1_predictor_instruction': 0 }, trial % 5)
    }
    expect(tpeSampler([{ name: 'x', choices: 1 }], 0).ask()).toEqual({ x: 0 })
  })

  it('finds a good region more often than chance, also after 60 trials', () => {
    const space = Array.from({ length: 3 }, (_, at) => ({ name: `p${at}`, choices: 6 }))
    let tpe = 0
    for (let seed = 0; seed < 20; seed++) {
      const sampler = tpeSampler(space, seed)
      for (let trial = 0; trial < 60; trial++) {
        const choice = sampler.ask()
        const value = -space.reduce((sum, { name }, at) => sum + Math.abs((choice[name] ?? 0) - at), 0)
        sampler.tell(choice, value)
        if (trial >= 40) tpe += value
      }
    }
    // Uniform draws would come to −(2.5 + 11/6 + 9/6) = −5.8 on average.
    expect(tpe / 400).toBeGreaterThan(-4)
  })
})
