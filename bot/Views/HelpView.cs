namespace DevOpsAI.Bot.Views;

/// <summary>A line of the help.</summary>
/// <param name="Say">What is typed, as in <c>pending [client]</c>.</param>
/// <param name="Meaning">What it brings.</param>
public sealed record HelpLine(string Say, string Meaning);

/// <summary>What can be said to the bot, and asked of it.</summary>
/// <param name="Questions">How people may ask; each is understood as it stands.</param>
public sealed record HelpView(IReadOnlyList<HelpLine> Commands, IReadOnlyList<HelpLine> Questions);
