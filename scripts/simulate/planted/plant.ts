import { registerHooks } from 'node:module';
import { ALL_BUGS } from './all-bugs.ts';

/**
 * Applies a planted bug to the compiled modules that this thread loads from now on. No file is changed, and what is tested
 * holds no switch for it.
 * @returns to be called when all is loaded: throws unless every edit was made
 */
export function plant(name: string): () => void {
  const left = new Set(ALL_BUGS.find((bug) => bug.name === name)?.edits);
  if (left.size === 0) throw new Error(`There is no bug '${name}' to plant.`);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const edits = [...left].filter(({ file }) => url.endsWith(`/libs/${file}`));
      if (edits.length === 0) return loaded;
      let source = Buffer.from(loaded.source as Uint8Array).toString();
      for (const edit of edits) {
        const places = source.split(edit.find).length - 1;
        if (places !== 1)
          throw new Error(`'${edit.find}' is ${places} times in ${edit.file}: plant the bug '${name}' anew.`);
        source = source.replace(edit.find, () => edit.put);
        left.delete(edit);
      }
      return { ...loaded, source };
    },
  });
  return () => {
    if (left.size > 0)
      throw new Error(
        `${[...left].map(({ file }) => file).join(', ')} was not loaded: the bug '${name}' is not planted.`,
      );
  };
}
