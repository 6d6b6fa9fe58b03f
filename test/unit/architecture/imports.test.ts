/** The layout, enforced: imports point one way, nothing goes in a circle, and files stay of a size that can be lived in. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const source = fileURLToPath(new URL('../../../src', import.meta.url))

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
)

type Import = { readonly to: string; readonly typeOnly: boolean }

const importsOf = (file: string): readonly Import[] => {
  const text = readFileSync(join(source, file), 'utf8')
  return [...text.matchAll(/^(?:import|export) (type )?(?:[^'"]*? from )?'(\.[^']+)'/gms)].map(
    ([, type, path = '']) => ({
      to: relative(source, resolve(source, dirname(file), path)),
      typeOnly: type !== undefined,
    }),
  )
}

/** Top to bottom: a folder may use those below it, and those that stand with it. */
const layers: readonly (readonly string[])[] = [
  ['cli.ts'],
  ['commands'],
  ['lab'],
  ['report'],
  ['run'],
  ['plan', 'phases'],
  ['addons', 'checks'],
  ['certs', 'render', 'pki', 'bundle', 'facts', 'api', 'host', 'config'],
  ['errors.ts', 'constants.ts', 'shipped.ts'],
]

const layerOf = (file: string): number => {
  const part = file.split('/')[0] ?? ''
  return layers.findIndex((layer) => layer.includes(part))
}

/** What a layer gives is a value of a type, and who reports it or checks it need only know the type. */
const typesUpwards: readonly string[] = ['run/events.ts', 'plan/types.ts', 'phases/types.ts']

describe('src', () => {
  test('every folder has its place', () => {
    expect(files.filter((file) => layerOf(file) === -1)).toEqual([])
  })

  test('imports point one way', () => {
    expect(files.flatMap(importsOf).length).toBeGreaterThan(500)
    const upwards = files.flatMap((file) =>
      importsOf(file)
        .filter(({ to, typeOnly }) => layerOf(to) < layerOf(file) && !(typeOnly && typesUpwards.includes(to)))
        .map(({ to }) => `${file} → ${to}`),
    )
    expect(upwards).toEqual([])
  })

  test('no circle of imports', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter(({ typeOnly }) => !typeOnly)
          .map(({ to }) => to),
      ]),
    )
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(circles).toEqual([])
  })

  test.each([
    ['is longer than 250 lines', (text: string) => text.split('\n').length > 250],
    ['has a default export', (text: string) => /^export default/m.test(text)],
    [
      'says any',
      (text: string) =>
        /[:<(|&] ?any\b(?!\w)/.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '')),
    ],
    ['begins without saying what it is', (text: string) => !/^(\/\*\*|#!|import|export)/.test(text)],
  ])('no file %s', (_what, isSo) => {
    expect(files.filter((file) => isSo(readFileSync(join(source, file), 'utf8')))).toEqual([])
  })
})
