/**
 * Brings a cluster into the user's own kubeconfigs. Takes the texts of the files that kubectl reads, and ours; gives those that
 * change, in which everything of others is as it was. Pure.
 */
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml'
import { UserError } from '../errors.ts'
import type { KubeconfigFile } from './kubeconfig-files.ts'

const lists = ['clusters', 'contexts', 'users'] as const
type List = (typeof lists)[number]

/** What an entry of each list holds beside its name. */
const contentOf = { clusters: 'cluster', contexts: 'context', users: 'user' } as const

/** As Slipway writes its own: what is filled in is in the same order. */
const emptyKubeconfig = 'apiVersion: v1\nclusters:\ncontexts:\ncurrent-context:\nkind: Config\nusers:\n'

type Open = { readonly path: string; readonly document: Document }

/** No text, a comment, or `---` and then nothing. */
const isEmpty = ({ contents }: Document): boolean =>
  contents === null || (isScalar(contents) && contents.value === null)

const open = ({ path, text }: KubeconfigFile): Open => {
  const document = parseDocument(text ?? '')
  const [problem] = document.errors
  if (!problem && isMap(document.contents)) return { path, document }
  if (!problem && isEmpty(document)) return { path, document: parseDocument(emptyKubeconfig) }
  throw new UserError(`${path} is no kubeconfig${problem ? `: ${problem.message}` : ''}`, {
    hint: 'repair it or move it away',
  })
}

const entries = (document: Document, list: List): readonly YAMLMap[] => {
  const found = document.get(list)
  return isSeq(found) ? found.items.filter((item) => isMap(item)) : []
}

const entryIn = (document: Document, list: List, name: unknown): YAMLMap | undefined =>
  entries(document, list).find((entry) => entry.get('name') === name)

/** The first file that has an entry is the one that kubectl takes it from. */
const inEffect = (files: readonly Open[], list: List, name: unknown): YAMLMap | undefined => {
  for (const { document } of files) {
    const entry = entryIn(document, list, name)
    if (entry) return entry
  }
  return undefined
}

const add = (document: Document, list: List, entry: YAMLMap): void => {
  const present = document.get(list)
  if (isSeq(present)) present.items.push(entry)
  else document.set(list, document.createNode([entry]))
}

/**
 * What a user has set beside (a namespace, a proxy) stays. Other credentials do not: kubectl would prefer some of them. Nor does what
 * contradicts a CA inside the file.
 */
const update = (standing: YAMLMap, list: List, ours: YAMLMap): void => {
  const key = contentOf[list]
  const [content, wanted] = [standing.get(key), ours.get(key)]
  if (list === 'users' || !isMap(content) || !isMap(wanted)) {
    standing.set(key, wanted)
    return
  }
  for (const { key: field, value } of wanted.items) content.set(field, value)
  if (list === 'clusters')
    for (const other of ['certificate-authority', 'insecure-skip-tls-verify']) content.delete(other)
}

/** Another cluster may have the same name: of two that share neither address nor CA, one is not made the other. */
const refuseOthers = (files: readonly Open[], ours: Document): void => {
  const [cluster] = entries(ours, 'clusters')
  const name = cluster?.get('name')
  const standing = inEffect(files, 'clusters', name)
  const same = (field: string): boolean =>
    standing?.getIn(['cluster', field]) === cluster?.getIn(['cluster', field])
  if (!standing || same('server') || same('certificate-authority-data')) return
  const server = String(standing.getIn(['cluster', 'server']))
  throw new UserError(`your kubeconfig has another cluster "${name}", at ${server}`, {
    hint: `keep both: --name OTHER; or, if that one is gone: kubectl config delete-cluster ${name}`,
  })
}

const rendered = ({ document }: Open): string => document.toString({ lineWidth: 0, indentSeq: false })

/**
 * Entries of the same name are brought up to date where they stand, others are added to `files[addTo]`. The current context becomes
 * ours only where there is none: what kubectl talks to must not change behind the user's back.
 */
export const mergeKubeconfig = (
  files: readonly KubeconfigFile[],
  addTo: number,
  oursText: string,
): readonly { readonly path: string; readonly text: string }[] => {
  const ours = parseDocument(oursText)
  const opened = files.map(open)
  const before = opened.map(rendered)
  const home = opened[addTo]
  if (!home) throw new Error(`no file ${addTo} among ${files.length}`)
  refuseOthers(opened, ours)
  for (const list of lists)
    for (const entry of entries(ours, list)) {
      const standing = inEffect(opened, list, entry.get('name'))
      if (standing) update(standing, list, entry)
      else add(home.document, list, entry)
    }
  if (!opened.some(({ document }) => document.get('current-context')))
    home.document.set('current-context', ours.get('current-context'))
  return opened.flatMap((each, index) => {
    const text = rendered(each)
    return text === before[index] ? [] : [{ path: each.path, text }]
  })
}
