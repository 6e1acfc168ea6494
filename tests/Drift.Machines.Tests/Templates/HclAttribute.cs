// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines.Tests;

/// <summary>An attribute of a template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">What it is set to, as it is written, without comments.</param>
/// <param name="Line">Where it stands, from 1.</param>
internal sealed record HclAttribute(string Name, string Expression, int Line);
