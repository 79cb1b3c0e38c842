import type { Page } from '@playwright/test'
import { wire, wires } from './pages/canvas'
import { expectRowCount, importRows, preview, rows, upload } from './pages/data'
import { canvasNodes, choose, downloadOf, goTo, jsonOf, openBlank, openExport, openGallery, openTemplate, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test.describe('import', () => {
  const files = [
    {
      what: 'CSV with quotes, commas and line breaks in cells',
      name: 'quoted.csv',
      content: 'text,label\n"Hello, ""you""\nthere",a\nplain,b\n"never closed,c\nlast,d\none,too,many\n',
      facts: ['CSV', 'commas'],
      good: 3,
      bad: ['Line 5: opens a quotation mark that is never closed', 'Line 7: has 3 cells, the header has 2'],
      shows: 'Hello, "you"',
    },
    {
      what: 'CSV with a BOM and semicolons',
      name: 'semicolons.csv',
      content: '\uFEFFtext;label;price\nEins, zwei;a;1,5\nDrei;b\nVier;c;2\n',
      facts: ['CSV', 'semicolons'],
      good: 2,
      bad: ['Line 3: has 2 cells, the header has 3'],
      shows: 'Eins, zwei',
    },
    {
      what: 'text with tabs',
      name: 'sheet.tsv',
      content: 'text\tlabel\r\nfirst, row\ta\r\nsecond\tb\tmore\r\nthird\tc\r\n',
      facts: ['CSV', 'tabs'],
      good: 2,
      bad: ['Line 3: has 3 cells, the header has 2'],
      shows: 'first, row',
    },
    {
      what: 'JSON Lines',
      name: 'rows.jsonl',
      content: '{"text":"one","n":1}\n{"text":"two","n":\n\n[3]\n{"text":"four","n":4,"tags":["x"]}\n',
      facts: ['JSON Lines'],
      good: 2,
      bad: ['Line 2: is not JSON', 'Line 4: is a list, not an object'],
      shows: 'four',
    },
    {
      what: 'a JSON array',
      name: 'rows.json',
      content: '[{"text":"one","ok":true},\n 7,\n {"text":"three","ok":false}]',
      facts: ['JSON'],
      good: 2,
      bad: ['Line 2: is a number, not an object'],
      shows: 'three',
    },
  ]

  for (const file of files) {
    test(`previews ${file.what} and keeps nothing until it is confirmed`, async ({ page }) => {
      await openBlank(page)
      await goTo(page, 'Data')
      await upload(page, file.name, file.content)
      for (const fact of [file.name, ...file.facts]) await expect(preview(page)).toContainText(fact)
      await expect(preview(page).getByRole('region', { name: 'Preview' })).toContainText(file.shows)
      await expect(preview(page)).toContainText(file.bad.length === 1 ? '1 row cannot be read' : `${file.bad.length} rows cannot be read`)
      for (const reason of file.bad) await expect(preview(page)).toContainText(reason)
      await preview(page).getByRole('button', { name: 'Cancel' }).click()
      await expect(page.getByText('No data yet')).toBeVisible()
      await upload(page, file.name, file.content)
      await preview(page)
        .getByRole('button', { name: `Import ${file.good} rows` })
        .click()
      await expectRowCount(page, file.good)
      await page.reload()
      await expectRowCount(page, file.good)
      await expect(rows(page)).toContainText(file.shows)
    })
  }

  test('guesses types, and takes corrections of names and types', async ({ page }) => {
    await openBlank(page)
    await goTo(page, 'Data')
    await upload(page, 'types.csv', 'id,share,ok,note\n1,0.5,true,x\n2,1.25,false,y\n')
    for (const [name, type] of Object.entries({ id: 'whole number', share: 'number', ok: 'true / false' })) {
      await expect(preview(page).getByRole('combobox', { name: `Type of ${name}` })).toContainText(new RegExp(type, 'i'))
    }
    await choose(preview(page).getByRole('combobox', { name: 'Type of id' }), /^text$/i)
    await preview(page).getByRole('textbox', { name: 'Name of column 4' }).fill('id')
    await expect(preview(page).getByRole('alert')).toContainText('Two columns are called "id"')
    await expect(preview(page).getByRole('button', { name: 'Import 2 rows' })).toBeDisabled()
    await preview(page).getByRole('textbox', { name: 'Name of column 4' }).fill('remark')
    await preview(page).getByRole('button', { name: 'Import 2 rows' }).click()
    await expect(rows(page).getByRole('columnheader', { name: /remark/ })).toBeVisible()
  })

  test('says what is wrong with a file that is no table, and keeps the data there was', async ({ page }) => {
    await openBlank(page)
    await goTo(page, 'Data')
    await importRows(page, 'good.csv', 'text,label\na,b\n')
    const failed = page.getByRole('dialog', { name: 'This file cannot be imported' })
    for (const [name, content, sentence] of [
      ['empty.csv', '', 'The file has no rows'],
      ['object.json', '{"a": 1,\n"b": [2]}', 'no list of rows'],
      ['broken.json', '{"rows": [', 'not valid JSON'],
    ] as const) {
      await upload(page, name, content)
      await expect(failed).toContainText(sentence)
      await failed.getByRole('button', { name: 'Close', exact: true }).first().click()
      await expectRowCount(page, 1)
    }
  })

  test('refuses what is too large in a sentence, while the page stays alive', async ({ page }) => {
    await openBlank(page)
    await goTo(page, 'Data')
    await importRows(page, 'good.csv', 'text,label\na,b\n')
    const failed = page.getByRole('dialog', { name: 'This file cannot be imported' })
    await uploadLarge(page, { name: 'more-than-200-mb.csv', megabytes: 201, line: 'some text,label\n' })
    await expect(failed).toContainText('200 MB')
    await failed.getByRole('button', { name: 'Close', exact: true }).first().click()
    await uploadLarge(page, { name: 'millions-of-rows.csv', megabytes: 190, line: 'some text,label\n' })
    await expect(failed).toContainText('more than 500,000 rows', { timeout: 30_000 })
    await failed.getByRole('button', { name: 'Close', exact: true }).first().click()
    await uploadLarge(page, { name: 'one-line.jsonl', megabytes: 20, line: 'endless ' })
    await expect(failed).toContainText('longer than 16 million characters', { timeout: 30_000 })
    await failed.getByRole('button', { name: 'Close', exact: true }).first().click()
    await expectRowCount(page, 1)
    await goTo(page, 'Build')
    await expect(page.getByText('An empty program')).toBeVisible()
  })
})

test('matches columns by name and by hand, splits by row, and seals the test rows', async ({ page }) => {
  await openTemplate(page, 'Support-ticket triage')
  await goTo(page, 'Data')

  await test.step('a file with the same names is matched by itself', async () => {
    const table = ['ticket,category', ...Array.from({ length: 40 }, (_, at) => `Ticket number ${at} about money,billing`)].join('\n')
    await upload(page, 'same-names.csv', table)
    await expect(preview(page)).toContainText('This takes the place of the dataset')
    await preview(page).getByRole('button', { name: 'Import 40 rows' }).click()
    await expectRowCount(page, 40)
    await expect(page.getByRole('combobox', { name: 'Column for ticket' })).toContainText('ticket')
    await expect(page.getByRole('combobox', { name: 'Column for category' })).toContainText('category')
  })

  await test.step('other names are matched by hand', async () => {
    const table = ['q1,q2,q3', ...Array.from({ length: 60 }, (_, at) => `Ticket ${at},billing,x`)].join('\n')
    await upload(page, 'other-names.csv', table)
    await preview(page).getByRole('button', { name: 'Import 60 rows' }).click()
    await expectRowCount(page, 60)
    await choose(page.getByRole('combobox', { name: 'Column for ticket' }), 'q1')
    await choose(page.getByRole('combobox', { name: 'Column for category' }), 'q3')
    await expect(page.getByText(/60 values do not fit .*such as "x"/)).toBeVisible()
    await choose(page.getByRole('combobox', { name: 'Column for category' }), 'q2')
    await expect(page.getByText(/values? do(es)? not fit/)).toBeHidden()
  })

  await test.step('a new row moves no old one to another split', async () => {
    const before = await splitCounts(page)
    expect(before.train + before.val + before.test).toBe(60)
    await page.getByRole('button', { name: 'Add row' }).click()
    await expectRowCount(page, 61)
    const after = await splitCounts(page)
    const moved = (['train', 'val', 'test'] as const).map(name => after[name] - before[name])
    expect(moved.toSorted((a, b) => a - b)).toEqual([0, 0, 1])
  })

  await test.step('the test rows are sealed: a reveal asks first and is counted', async () => {
    await expect(page.getByText('Never revealed')).toBeVisible()
    await page.getByRole('button', { name: 'Reveal test score' }).click()
    const ask = page.getByRole('dialog', { name: 'Reveal the test score?' })
    await ask.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByText('Never revealed')).toBeVisible()
    await page.getByRole('button', { name: 'Reveal test score' }).click()
    await ask.getByRole('button', { name: 'Reveal', exact: true }).click()
    await expect(page.getByText('Revealed once')).toBeVisible()
    await expect(page.getByRole('list', { name: 'Reveals' })).toContainText('%')
    await page.reload()
    await expect(page.getByText('Revealed once')).toBeVisible()
    await expect(page.getByRole('list', { name: 'Reveals' })).toContainText('%')
  })

  await test.step('no other run and no picker offers them', async () => {
    await goTo(page, 'Build')
    await page.getByRole('button', { name: /Choose another row/ }).click()
    await expect(page.getByText(/^The \d+ rows of the test split are sealed/)).toBeVisible()
  })
})

test('edits cells, and takes rows away', async ({ page }) => {
  await openBlank(page)
  await goTo(page, 'Data')
  await importRows(page, 'cells.csv', 'text,count\nfirst,1\nsecond,2\nthird,3\n')
  await rows(page).getByText('second').dblclick()
  await page.getByRole('textbox', { name: /^text \(/ }).fill('changed')
  await page.keyboard.press('Enter')
  await expect(rows(page)).toContainText('changed')
  await rows(page).getByText('3', { exact: true }).last().dblclick()
  await page.getByRole('textbox', { name: /^count \(/ }).fill('three')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('checkbox', { name: 'Select row 1' }).check()
  await page.getByRole('button', { name: 'Remove' }).click()
  await expectRowCount(page, 2)
  await page.reload()
  await expectRowCount(page, 2)
  await expect(rows(page)).toContainText('changed')
})

test.describe('project files', () => {
  test('names what is wrong with a file that cannot be opened', async ({ page }) => {
    await openGallery(page)
    const file = page.getByLabel('Project file')
    const text = (json: unknown) => Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))
    for (const [name, content, sentence] of [
      [
        'newer.json',
        { format: 'dspy-studio-project', schemaVersion: 999, project: {}, versions: [] },
        'made by a newer version of DSPy Studio',
      ],
      ['other.json', { hello: 1 }, 'not a DSPy Studio project file'],
      ['cut.json', '{"format": "dspy-studio-pro', 'JSON'],
      ['odd.json', { format: 'dspy-studio-project', schemaVersion: 1, project: { name: 7 }, versions: [] }, 'project'],
    ] as const) {
      await file.setInputFiles({ name, mimeType: 'application/json', buffer: text(content) })
      const alert = page.getByRole('alert').filter({ hasText: `“${name}” could not be imported` })
      await expect(alert).toContainText(sentence)
      await alert.getByRole('button', { name: 'Dismiss' }).click()
    }
    await expect(page.getByText('None yet. Open a template above')).toBeVisible()
  })

  test('opens a program with a circle or without a wire, says so, and lets it be fixed', async ({ page }) => {
    await openTemplate(page, 'Summarise, then route')
    const project = (await jsonOf(await downloadOf(page, () => openExport(page, /Project file/)))) as ProjectJson
    const { nodes, edges } = project.project.graph
    const [first, second] = nodes.filter(node => node.kind === 'signature')
    if (!first || !second) throw new Error('the template has two steps')
    first.fields.push({ id: 'back', name: 'back', role: 'input', type: { kind: 'str' }, desc: '' })
    const output = second.fields.find(field => field.role === 'output')
    edges.push({ id: 'circle', from: { node: second.id, field: output?.id ?? '' }, to: { node: first.id, field: 'back' } })
    await page.getByRole('link', { name: 'DSPy Studio: all projects' }).click()
    await page
      .getByLabel('Project file')
      .setInputFiles({ name: 'circle.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(project)) })
    await expect(page.getByText(/feed each other in a circle/).first()).toBeVisible()
    await goTo(page, 'Compile')
    const start = page.getByRole('complementary', { name: 'Start' })
    await expect(start.getByRole('alert')).toContainText('feed each other in a circle')
    await expect(start.getByRole('button', { name: 'Compile' })).toBeDisabled()
    await topBar(page).getByRole('button', { name: 'Compile', exact: true }).click()
    // It is said where it is mended, and by no notice beside.
    await expect(page.getByRole('alert').filter({ hasText: 'circle' })).toHaveCount(1)

    await start.getByRole('button', { name: 'Open the canvas' }).first().click()
    await wire(page, `${second.name}.${output?.name}`, `${first.name}.back`).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Delete')
    await expect(wires(page)).toHaveCount(edges.length - 1)
    await page.locator('.react-flow__pane').click({ position: { x: 30, y: 30 } })
    await expect(page.getByRole('main').getByText(/feed each other in a circle/)).toHaveCount(0)
    await expect(page.getByText(`Nothing feeds "back" of ${first.name}. Connect it or remove it.`).first()).toBeVisible()
    await expect(canvasNodes(page)).toHaveCount(nodes.length)
  })
})

interface ProjectJson {
  readonly project: {
    readonly graph: {
      readonly nodes: {
        readonly id: string
        readonly name: string
        readonly kind: string
        readonly fields: { id: string; name: string; role: string; type: unknown; desc: string }[]
      }[]
      readonly edges: { id: string; from: { node: string; field: string }; to: { node: string; field: string } }[]
    }
  }
}

/** A file that is made in the page of one piece again and again: sending so much to the browser would take longer than the test. */
async function uploadLarge(page: Page, file: { readonly name: string; readonly megabytes: number; readonly line: string }): Promise<void> {
  await page.getByLabel('File to import').evaluate((input, { name, megabytes, line }) => {
    if (!(input instanceof HTMLInputElement)) throw new Error('not an input')
    const piece = line.repeat(Math.floor((1024 * 1024) / line.length))
    const transfer = new DataTransfer()
    transfer.items.add(new File(['text,label\n', ...Array.from({ length: megabytes }, () => piece)], name))
    input.files = transfer.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }, file)
}

async function splitCounts(page: Page): Promise<Record<'train' | 'val' | 'test', number>> {
  const count = async (name: string) =>
    Number(
      /(\d+)/.exec(
        (await page.getByRole('button', { name: new RegExp(`^Show the \\d+ ${name} rows`) }).getAttribute('aria-label')) ?? '',
      )?.[1],
    )
  return { train: await count('train'), val: await count('val'), test: await count('test') }
}
