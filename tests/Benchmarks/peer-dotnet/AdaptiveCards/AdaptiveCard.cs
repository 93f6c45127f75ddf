namespace AdaptiveCards;

/// <summary>Stands in for the package that Microsoft.Bot.Builder names and not every index has; the peer sends its card as JSON.</summary>
public sealed class AdaptiveCard;
