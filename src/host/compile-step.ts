/**
 * One step as a line of shell. Takes the step and its index; gives the arguments of `step` (see shell/runtime.sh and the
 * step kind's own file there) and the small files that travel with it. Check mode sends hashes instead of contents.
 */
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { assertNever } from '../errors.ts'
import type { BlockStep, FileStep, ImportStep, ShellStep, Step } from '../plan/types.ts'
import type { ProgramMode } from './program-types.ts'
import type { TarFile } from './tar.ts'

export type CompiledStep = { readonly arguments: readonly string[]; readonly files: readonly TarFile[] }

const octal = (mode: number): string => mode.toString(8)

const plain = (...words: readonly string[]): CompiledStep => ({ arguments: words, files: [] })

const textFile = (name: string, text: string): TarFile => ({ name, content: Buffer.from(text) })

const compileFile = (step: FileStep, index: number, mode: ProgramMode): CompiledStep => {
  const content = Buffer.from(step.content)
  const name = `${index}-content`
  return {
    arguments: [
      step.path,
      octal(step.mode),
      createHash('sha256').update(content).digest('hex'),
      String(content.length),
      name,
      step.staging ?? '',
      step.createOnly ? 'create-only' : '',
      step.secret ? 'secret' : '',
    ],
    files: mode === 'apply' ? [{ name, content }] : [],
  }
}

/** A block's own lines are few, and needed to tell where it differs: they travel in both modes. */
const compileBlock = (step: BlockStep, index: number): CompiledStep => {
  const name = `${index}-block`
  const lines = step.content === '' || step.content.endsWith('\n') ? step.content : step.content + '\n'
  const [begin, end] = [`# BEGIN slipway ${step.marker}`, `# END slipway ${step.marker}`]
  if (/[\n\0]/.test(step.marker) || lines.split('\n').some((line) => line === begin || line === end)) {
    throw new Error(`step ${step.id}: a block's content cannot hold its own markers`)
  }
  return { arguments: [step.path, begin, end, name], files: [textFile(name, lines)] }
}

const compileShell = (step: ShellStep, index: number): CompiledStep => ({
  arguments: [`${index}-probe`, `${index}-change`, ...(step.args ?? [])],
  files: [textFile(`${index}-probe`, step.probe + '\n'), textFile(`${index}-change`, step.change + '\n')],
})

const compileImport = (step: ImportStep, index: number): CompiledStep => ({
  arguments: [`${index}-images`, `${index}-blobs`],
  files: [
    textFile(`${index}-images`, step.images.map(({ name, digest }) => `${name} ${digest}\n`).join('')),
    textFile(`${index}-blobs`, step.blobs.map(({ digest }) => `${digest}\n`).join('')),
  ],
})

const hexOf = (digest: string): string => digest.replace(/^sha256:/, '')

const argumentsOf = (step: Step, index: number, mode: ProgramMode): CompiledStep => {
  switch (step.kind) {
    case 'file':
      return compileFile(step, index, mode)
    case 'directory':
      return plain(step.path, octal(step.mode))
    case 'absent':
      return plain(step.path)
    case 'link':
      return plain(step.path, step.target)
    case 'block':
      return compileBlock(step, index)
    case 'shell':
      return compileShell(step, index)
    case 'service':
      return plain(step.unit, step.fingerprint)
    case 'binary':
      return plain(step.path, octal(step.mode), step.sha256, String(step.size), hexOf(step.blob.digest))
    case 'extract':
      return plain(step.path, octal(step.mode), step.sha256, String(step.size), step.image)
    case 'import':
      return compileImport(step, index)
    default:
      return assertNever(step)
  }
}

/** Ours to get right, never a user's to see: plain absolute paths, and nothing removed that is not at least two deep. */
const refuseBadPath = (step: Step): void => {
  if (!('path' in step)) return
  const [root, ...parts] = step.path.split('/')
  const sound =
    root === '' && parts.length > 0 && parts.every((part) => part !== '' && part !== '.' && part !== '..')
  if (!sound || (step.kind === 'absent' && parts.length < 2)) {
    throw new Error(
      `step ${step.id}: not a path that a ${step.kind} step may have: ${JSON.stringify(step.path)}`,
    )
  }
}

export const compileStep = (step: Step, index: number, mode: ProgramMode): CompiledStep => {
  refuseBadPath(step)
  const compiled = argumentsOf(step, index, mode)
  return { arguments: [String(index), step.kind, ...compiled.arguments], files: compiled.files }
}
