namespace DevOpsAI.LocalTeams;

/// <summary>An alert that a button of the page raises, for whoever wants to see what becomes of one.</summary>
/// <param name="Id">In the address that the button calls.</param>
/// <param name="Title">On the button.</param>
/// <param name="Expect">What will happen, in a few words.</param>
/// <param name="Channel">Name of the channel where the button is, and where the card will appear.</param>
/// <param name="Calls">Sent one after the other to where the bot is; the last is the alert, by the way that a vendor sends it.</param>
internal sealed record SampleAlert(string Id, string Title, string Expect, string Channel, IReadOnlyList<SampleCall> Calls);

/// <summary>A POST of JSON.</summary>
/// <param name="Path">From the root of the bot's address, as in <c>/api/events/contoso-sandbox</c>.</param>
/// <param name="Bearer">Never reaches the page.</param>
internal sealed record SampleCall(string Path, string Bearer, string Json);
