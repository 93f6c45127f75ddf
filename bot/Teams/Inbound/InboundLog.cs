using DevOpsAI.Common;

namespace DevOpsAI.Bot.Teams.Inbound;

/// <summary>Events 3000 and 3010-3019. Never the token, never what people wrote.</summary>
internal static partial class InboundLog
{
    [LoggerMessage(EventId = 3000, Level = LogLevel.Warning,
        Message = "Activity refused with {Status}: {Reason} (channel {ChannelId}, service {ServiceUrl})")]
    public static partial void ActivityRefused(
        this ILogger logger, int status, Rejection reason, Untrusted channelId, Untrusted serviceUrl);

    [LoggerMessage(EventId = 3010, Level = LogLevel.Information, Message = "{Count} signing keys from {Host}")]
    public static partial void KeysFetched(this ILogger logger, int count, string host);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Error, Message = "Signing keys from {Host} could not be fetched: {Reason}")]
    public static partial void KeysNotFetched(this ILogger logger, string host, UntrustedText reason);

    [LoggerMessage(EventId = 3012, Level = LogLevel.Error, Message = "Activity answered 503: there are no signing keys to check it with")]
    public static partial void NoKeys(this ILogger logger);
}
