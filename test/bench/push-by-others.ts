/** What a push is compared with. Takes a bundle, and a lab with bare hosts; gives the seconds until all is there and imported. */
import type { Lab } from '../../src/lab/types.ts'
import { withScriptFiles } from './run-script.ts'
import { scpFiles, withoutKubeadm } from './scp-files.ts'
import { secondsSince } from './seconds.ts'

/** The script of the install bench, which sends an image's layers as the bundle has them, and to each host those of its role. */
export const byScript =
  (bundle: string) =>
  (lab: Lab): Promise<number> =>
    withScriptFiles(lab, bundle, async (run, folder) => {
      await withoutKubeadm(folder)
      const started = Date.now()
      await run('script.sh', { COPY_ONLY: '1' })
      return secondsSince(started)
    })

/** scp, and `ctr images import`: every image, as an archive by itself, on every host. */
export const byHand =
  (bundle: string) =>
  (lab: Lab): Promise<number> =>
    withScriptFiles(lab, bundle, async (run, folder) => {
      await withoutKubeadm(folder)
      await scpFiles(bundle, folder)
      const started = Date.now()
      await run('scp.sh', {})
      return secondsSince(started)
    })
