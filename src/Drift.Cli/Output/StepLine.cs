// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A step of a deployment or a copy that begins now, or how far it is, as one line of JSON.</summary>
internal sealed record StepLine(string Event, string Host, string Step, string Text);
