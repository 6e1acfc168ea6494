// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The site segment, format 1, as <c>server/include/site.inc</c> names it and <c>server/README.md</c> describes it.</summary>
internal static class SiteFormat
{
    internal const uint MagicValue = 0x53465244;
    internal const uint VersionValue = 1;

    internal const int Magic = 0;
    internal const int Version = 4;
    internal const int Length = 8;
    internal const int BucketMask = 12;
    internal const int Seed = 16;
    internal const int Buckets = 24;
    internal const int SlotMask = 28;
    internal const int Slots = 32;
    internal const int Reserved = 36;
    internal const int BadRequest = 40;
    internal const int NotFound = 64;
    internal const int NotAllowed = 88;
    internal const int TargetTooLong = 112;
    internal const int HeadTooLong = 136;
    internal const int NotImplemented = 160;
    internal const int BadVersion = 184;
    internal const int HeaderSize = 208;

    internal const int AnswerKeep = 0;
    internal const int AnswerKeepLen = 4;
    internal const int AnswerClose = 8;
    internal const int AnswerCloseLen = 12;
    internal const int AnswerBody = 16;
    internal const int AnswerBodyLen = 20;
    internal const int AnswerSize = 24;

    internal const int SlotPath = 0;
    internal const int SlotPathLen = 4;
    internal const int SlotAnswer = 8;
    internal const int SlotSize = 32;

    internal const ulong HashPrime = 0x100000001b3;
    internal const int HashFold = 32;
}
