/**
 * Chooses where a bundle comes from. Takes what the command line says; gives a source and the edition that it makes, for as long as they
 * are used. What belongs to another source is a mistake: whoever names a mirror believes that it is used.
 */
import { UserError } from '../../errors.ts'
import type { Edition } from '../contents.ts'
import { wantedOf } from '../create.ts'
import { defaultEdition } from '../default-bundle.ts'
import type { Environment } from '../http/proxy-choice.ts'
import type { Say } from '../say.ts'
import { whyNotOfficial } from './auto.ts'
import { dirSource } from './dir.ts'
import { goSource } from './go-source.ts'
import { parseMirrors } from './mirrors.ts'
import { officialSource } from './official.ts'
import { openWay, type Way } from './official-way.ts'
import type { BundleSource } from './types.ts'

export const sourceNames = ['go', 'official', 'mirror', 'dir', 'auto'] as const

export type SourceOptions = {
  readonly source: (typeof sourceNames)[number]
  readonly kubernetes: string
  readonly arches: readonly string[]
  readonly edition?: Edition | undefined
  readonly mirrors: readonly string[]
  readonly from?: string | undefined
  readonly caFile?: string | undefined
  readonly environment: Environment
  readonly say: Say
}

export type Choice = { readonly source: BundleSource; readonly edition: Edition }

const goChoice = ({ edition = defaultEdition }: SourceOptions): Choice => ({ source: goSource, edition })

const officialChoice = (way: Way): Choice => ({ source: officialSource(way), edition: 'upstream' })

const automatically = async (options: SourceOptions, way: Way): Promise<Choice> => {
  const because = await whyNotOfficial(way, wantedOf(options, 'upstream'))
  options.say(
    because === undefined
      ? 'source: official, all of it can be had'
      : `source: go, built from Go modules, because not all that upstream publishes can be had: ${because}`,
  )
  return because === undefined ? officialChoice(way) : goChoice(options)
}

const refuseMisfits = ({ source, mirrors, from, edition }: SourceOptions): void => {
  if (mirrors.length > 0 && !['mirror', 'auto'].includes(source))
    throw new UserError(`--mirror is not used by --source ${source}`, { hint: 'use it with --source mirror' })
  if (source === 'mirror' && mirrors.length === 0)
    throw new UserError('--source mirror needs to know the mirrors', {
      hint: '--mirror registry.k8s.io=registry.example.org/k8s --mirror dl.k8s.io=https://files.example.org/k8s',
    })
  if ((source === 'dir') !== (from !== undefined))
    throw new UserError(`--source ${source} ${source === 'dir' ? 'needs --from DIR' : 'uses no --from'}`, {
      hint: 'slipway bundle create --source dir --from DIR',
    })
  if (edition === 'single' && source !== 'go')
    throw new UserError(`--source ${source} does not make the edition single`, {
      hint: 'upstream publishes each component by itself; one executable for all is built with --source go',
    })
}

const withWay = async <T>(options: SourceOptions, use: (way: Way) => Promise<T>): Promise<T> => {
  const { environment, caFile } = options
  const way = await openWay({ environment, caFile, mirrors: parseMirrors(options.mirrors) })
  try {
    return await use(way)
  } finally {
    way.close()
  }
}

export const withSource = async <T>(
  options: SourceOptions,
  use: (choice: Choice) => Promise<T>,
): Promise<T> => {
  refuseMisfits(options)
  switch (options.source) {
    case 'go':
      return use(goChoice(options))
    case 'dir':
      return use({ source: dirSource(options.from ?? ''), edition: 'upstream' })
    case 'auto':
      return withWay(options, async (way) => use(await automatically(options, way)))
    case 'official':
    case 'mirror':
      return withWay(options, (way) => use(officialChoice(way)))
  }
}
