/** Short ways to compile and run steps in tests, as one phase called "test". */
import { execFileSync } from 'node:child_process'
import { compileProgram } from '../../src/host/compile-program.ts'
import type { BlobSource, ProgramMode, StepResult, Travelling } from '../../src/host/program-types.ts'
import { runProgram } from '../../src/host/run-program.ts'
import type { FileStep, ShellStep, Step } from '../../src/plan/types.ts'
import type { ShellHost } from './shell-host.ts'

export type Attempt = {
  readonly mode?: ProgramMode
  readonly payload?: readonly Travelling[]
  readonly blobs?: BlobSource
}

export const attempt = (
  host: ShellHost,
  steps: readonly Step[],
  { mode = 'apply', payload = [], blobs }: Attempt = {},
): Promise<readonly StepResult[]> =>
  runProgram(host, compileProgram({ sections: [{ phase: 'test', steps }], mode, payload, root: host.root }), {
    doing: 'phase test',
    ...(blobs && { blobs }),
  })

export const statuses = (results: readonly StepResult[]): readonly string[] =>
  results.map(({ status }) => status)

export const fileStep = (path: string, content: string, more: Partial<FileStep> = {}): FileStep => ({
  kind: 'file',
  id: path,
  title: `Write ${path}`,
  path,
  content,
  mode: 0o644,
  ...more,
})

export const shellStep = (id: string, scripts: Pick<ShellStep, 'probe' | 'change' | 'args'>): ShellStep => ({
  kind: 'shell',
  id,
  title: `Do ${id}`,
  ...scripts,
})

/**
 * Everything below a directory but /run, where the private directory comes and goes. One line each: name, kind, mode, size,
 * the time of its last change of any sort, and where it points to when it is a link.
 */
export const treeOf = (directory: string): readonly string[] =>
  execFileSync(
    'find',
    [directory, '-mindepth', '1', '-not', '-path', `${directory}/run`, '-printf', '%P %y %m %s %C@ %l\\0'],
    { encoding: 'utf8' },
  )
    .split('\0')
    .sort()
