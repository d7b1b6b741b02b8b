/** A decoded segment of a path; one with broken percent-encoding stays as it is, and will match nothing. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
