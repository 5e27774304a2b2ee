import type { Profile } from './profile';

/** Function names with what `@names` stand for in a profile; a name that it does not list stays as it is. */
export function expandFrames(profile: Pick<Profile, 'frames'>, frames: readonly string[]): string[] {
  return frames.flatMap((frame) => {
    if (!frame.startsWith('@')) return [frame];
    return Object.hasOwn(profile.frames, frame) ? expandFrames(profile, profile.frames[frame]) : [frame.slice(1)];
  });
}
