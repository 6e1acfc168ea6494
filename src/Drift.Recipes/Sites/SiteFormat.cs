// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The site segment, format 2, as <c>server/include/site.inc</c> names it and <c>server/README.md</c> describes it.</summary>
internal static class SiteFormat
{
    internal const uint MagicValue = 0x53465244;
    internal const uint VersionValue = 2;

    internal const int Magic = 0;
    internal const int Version = 4;
    internal const int Length = 8;
    internal const int BucketMask = 12;
    internal const int Seed = 16;
    internal const int Buckets = 24;
    internal const int SlotMask = 28;
    internal const int Slots = 32;
    internal const int Fallback = 36;
    internal const int Rules = 40;
    internal const int BadRequest = 44;
    internal const int NotFound = 48;
    internal const int NotAllowed = 52;
    internal const int Timeout = 56;
    internal const int BodyTooLarge = 60;
    internal const int TargetTooLong = 64;
    internal const int Expectation = 68;
    internal const int HeadTooLong = 72;
    internal const int NotImplemented = 76;
    internal const int Unavailable = 80;
    internal const int BadVersion = 84;
    internal const int HeaderSize = 88;

    internal const int AnswerHead = 0;
    internal const int AnswerHeadLen = 4;
    internal const int AnswerType = 6;
    internal const int AnswerEtag = 8;
    internal const int AnswerFlags = 10;
    internal const int AnswerBody = 12;
    internal const int AnswerBodyLen = 16;
    internal const int AnswerSize = 24;

    internal const int AnswerGzip = 1;
    internal const int AnswerBrotli = 2;
    internal const int AnswerLocation = 4;
    internal const int AnswerHealth = 8;

    internal const int SlotPath = 0;
    internal const int SlotPathLen = 4;
    internal const int SlotAnswer = 8;
    internal const int SlotSize = 16;

    internal const int RulePattern = 0;
    internal const int RulePatternLen = 4;
    internal const int RuleFlags = 6;
    internal const int RuleAnswer = 8;
    internal const int RuleTarget = 12;
    internal const int RuleTargetLen = 16;
    internal const int RuleSize = 24;

    internal const int RuleForce = 1;
    internal const int RuleRedirect = 2;

    internal const int PatternSegment = 1;
    internal const int PatternRest = 2;
    internal const int TargetCapture = 16;

    internal const int MaxHead = 4096;
    internal const int Captures = 8;
    internal const int EndSize = 32;

    internal const ulong HashPrime = 0x100000001b3;
    internal const int HashFold = 32;
}
