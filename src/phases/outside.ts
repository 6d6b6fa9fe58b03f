/**
 * What is outside of the cluster, as containerd is told. Takes what planning knows; gives the files about registries that the cluster
 * file asks for, and steps that take away what of ours it no longer asks for. What somebody else put there stays.
 */
import { absent, file } from '../plan/steps.ts'
import type { ShellStep, Step } from '../plan/types.ts'
import { unwantedPaths } from '../render/files.ts'
import { registryCaFile, registryFiles, registryMarker } from '../render/registries.ts'
import type { PlanInput } from './types.ts'

/** Of those that begin with our marker, the ones that are not kept. */
const leftovers = `
leftovers() {
  marker=$1
  shift
  for found in "$root"/etc/containerd/certs.d/*/hosts.toml; do
    [ -f "$found" ] && read -r first <"$found" && [ "$first" = "$marker" ] || continue
    for kept; do [ "$root$kept" != "$found" ] || continue 2; done
    printf '%s\\n' "$found"
  done
}`

const forgetOthers = (kept: readonly string[]): ShellStep => ({
  kind: 'shell',
  id: 'other-registries',
  title: 'forget registries that the cluster file does not name',
  args: [registryMarker, ...kept],
  probe: `${leftovers}\n[ -z "$(leftovers "$@")" ]`,
  change: `${leftovers}
leftovers "$@" | while IFS= read -r found; do
  rm -f "$found"
  rmdir "\${found%/*}" 2>/dev/null || :
done`,
})

/** A host that joins by itself has no cluster file that could say: there, all of this is left as it is. */
export const outsideSteps = ({ config, registryTexts }: PlanInput): readonly Step[] => {
  if (registryTexts === undefined) return []
  const files = registryFiles(config, registryTexts)
  return [
    ...files.map(file),
    forgetOthers(files.map(({ path }) => path)),
    ...(registryTexts.caPem === undefined ? [absent(registryCaFile)] : []),
    ...unwantedPaths('containerd', config).map(absent),
  ]
}
