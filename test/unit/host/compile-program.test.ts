import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { compileProgram } from '../../../src/host/compile-program.ts'
import type { Program, ProgramRequest } from '../../../src/host/program-types.ts'
import { bootstrap } from '../../../src/host/shell-library.ts'
import type { Step } from '../../../src/plan/types.ts'

const compile = (steps: readonly Step[], more: Partial<ProgramRequest> = {}): Program =>
  compileProgram({ sections: [{ phase: 'test', steps }], mode: 'apply', ...more })

const textOf = ({ tar }: Program): string =>
  execFileSync('tar', ['-xOf', '-', 'program'], { input: tar, encoding: 'utf8' })

const namesIn = ({ tar }: Program): readonly string[] =>
  execFileSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' }).trim().split('\n')

const file: Step = {
  kind: 'file',
  id: 'f',
  title: 'f',
  path: '/etc/f',
  mode: 0o600,
  content: 'the secret',
  secret: true,
}
const binary: Step = {
  kind: 'binary',
  id: 'b',
  title: 'b',
  path: '/usr/bin/b',
  mode: 0o755,
  sha256: 'abc',
  size: 7,
  blob: { digest: 'sha256:b', size: 42 },
}
const image: Step = {
  kind: 'import',
  id: 'i',
  title: 'i',
  images: [{ name: 'a:1', digest: 'sha256:m' }],
  blobs: [
    { digest: 'sha256:m', size: 100 },
    { digest: 'sha256:l', size: 1000 },
  ],
  index: '{}',
}

describe('compileProgram', () => {
  it('sends contents only when they are to be written, and never inside the program', () => {
    expect(namesIn(compile([file], { mode: 'check' }))).toEqual(['program'])
    expect(namesIn(compile([file]))).toEqual(['program', '0-content'])
    expect(textOf(compile([file]))).not.toContain('the secret')
  })

  it('is the same for the same steps', () => {
    expect(compile([file, binary])).toEqual(compile([file, binary]))
  })

  it('brings the library of the kinds that occur, and no other', () => {
    const text = textOf(compile([file]))
    expect(text).toContain('probe_file()')
    expect(text).not.toContain('probe_service()')
  })

  it('stays small: forty files in tens of kilobytes', () => {
    const steps = Array.from({ length: 40 }, (_, at) => ({ ...file, id: `f${at}`, path: `/etc/f${at}` }))
    expect(textOf(compile(steps)).length).toBeLessThan(20_000)
  })

  it('announces each payload with its exact size, where a check found it missing', () => {
    const program = compile([binary, image], {
      payload: [
        { phase: 'test', step: 'b', missingBlobs: ['sha256:b'] },
        { phase: 'test', step: 'i', missingBlobs: ['sha256:l'] },
        { phase: 'other', step: 'f', missingBlobs: ['sha256:x'] },
      ],
    })
    // oci-layout, index.json and the layer, each with its header and padded to 512, and the end of the archive.
    const layout = 512 + 512 + (512 + 512) + (512 + 1024) + 1024
    expect(program.payloads.map(({ size }) => size)).toEqual([42, layout])
    expect(textOf(program)).toContain(`payload=42\nstep '0' 'binary'`)
    expect(textOf(program)).toContain(`payload=${layout}\nstep '1' 'import'`)
  })

  it('watches its input from the moment that nothing is left to read in it', () => {
    const payload = [{ phase: 'test', step: 'b', missingBlobs: ['sha256:b'] }]
    const linesOf = (program: Program) => textOf(program).match(/^(step '\d'|watch_input$)/gm)
    expect(linesOf(compile([file, binary, file], { payload }))).toEqual([
      "step '0'",
      "step '1'",
      'watch_input',
      "step '2'",
    ])
    expect(linesOf(compile([file]))).toEqual(['watch_input', "step '0'"])
  })

  it.each(['', '/', 'relative', '/etc/../shadow', '/etc//x', '/etc/'])('refuses the path %j', (path) => {
    expect(() => compile([{ ...file, path }])).toThrow(/not a path/)
  })

  it('refuses to remove what is only one deep', () => {
    const absent = (path: string): Step => ({ kind: 'absent', id: 'a', title: 'a', path })
    expect(() => compile([absent('/etc')])).toThrow(/not a path/)
    expect(() => compile([absent('/etc/kubernetes')])).not.toThrow()
  })

  it('refuses a block that holds its own markers', () => {
    const block: Step = {
      kind: 'block',
      id: 'b',
      title: 'b',
      path: '/etc/hosts',
      marker: 'm',
      content: 'a\n# END slipway m\n',
    }
    expect(() => compile([block])).toThrow(/its own markers/)
  })
})

describe('bootstrap', () => {
  it('is short enough for any argument list, without its comments', () => {
    expect(bootstrap.length).toBeLessThan(1200)
    expect(bootstrap).not.toMatch(/^\s*#/m)
  })
})
