// Package evidence opens files and folders read-only, hands out what is in
// them as members in a fixed order, unpacks archives on the fly and computes SHA-256
// in the same pass.
//
// The way of the bytes:
//
//	file ── stream ──> archive reader ── stream ──> Member ──> the visitor of Walk
//	          └─ SHA-256 of the file       └─ SHA-256 of the member
//
// Open looks at what was given, Walk visits, Digest tells the whole's SHA-256,
// ReadAt reads one record's raw bytes again later.
//
// Invariants:
//
//   - Nothing is written to, or created beside, the evidence. Files are opened with O_RDONLY, on
//     Linux with O_NOATIME where the system permits it. A nested zip too large for memory is
//     spooled to a file in the system's temporary folder that has no name and is gone
//     with the process (on Windows: is removed when the walk leaves it).
//   - A symbolic link inside a given folder is never followed, wherever it points:
//     it costs a warning that names its target. The path that the user gives may
//     itself be a link. Devices, sockets and FIFOs are never opened for reading.
//   - Memory is bounded whatever the evidence claims: nothing is allocated by a size that
//     an archive states.
//   - The order of a walk depends on names and bytes only: folders in byte order of the whole
//     relative path, zip archives in the order of their central directory, tar in the order of the
//     archive. The names of members are the same in every walk.
//   - What is passed over or cut is told to warn, by name and with the reason; what was
//     good before a damage or a bound is handed out.
package evidence
