using DevOpsAI.Bot.Cards;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Cards;

public sealed class CardTextTests
{
    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("line one\nline two", "line one ⏎ line two")]
    [InlineData("line one\r\nline two", "line one ⏎ line two")]
    [InlineData("invoice\u202Efdp.exe", "invoice‹U+202E›fdp.exe")]
    [InlineData("a\u2066b\u2069c", "a‹U+2066›b‹U+2069›c")]
    [InlineData("SRV\u200BFILE", "SRV‹U+200B›FILE")]
    [InlineData("a\u0000b\u0007c\u001B[31m", "a‹U+0000›b‹U+0007›c‹U+001B›[31m")]
    [InlineData("a\u00A0b", "a‹U+00A0›b")]
    [InlineData("a\u3164b", "a‹U+3164›b")]
    [InlineData("soft\u00ADhyphen", "soft‹U+00AD›hyphen")]
    [InlineData("tag\U000E0041", "tag‹U+E0041›")]
    [InlineData("{{DATE(2026-01-01T00:00:00Z,SHORT)}}", "{\u200B{DATE(2026-01-01T00:00:00Z,SHORT)}}")]
    [InlineData("{{time(x)}} {{.Names}}", "{\u200B{time(x)}} {{.Names}}")]
    [InlineData("Zürich 日本 🚒", "Zürich 日本 🚒")]
    [InlineData("z\u0300\u0300\u0300\u0300\u0300a", "z\u0300\u0300\u0300‹U+0300›‹U+0300›a")]
    public void Nothing_invisible_stays_invisible(string hostile, string shown) => CardText.Plain(hostile).ShouldBe(shown);

    [Theory]
    [InlineData("**bold** _it_ `code`", @"\*\*bold\*\* \_it\_ \`code\`")]
    [InlineData("![x](http://evil/a.png)", @"!\[x\](http://evil/a.png)")]
    [InlineData("[click](javascript:alert(1))", @"\[click\](javascript:alert(1))")]
    [InlineData("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;")]
    [InlineData("<at>Everyone</at>", "&lt;at&gt;Everyone&lt;/at&gt;")]
    [InlineData("&lt;b&gt;", "&amp;lt;b&amp;gt;")]
    [InlineData("- item", @"\- item")]
    [InlineData("# heading", @"\# heading")]
    [InlineData("12. item", @"12\. item")]
    [InlineData("1.5 GB", @"1\.5 GB")]
    [InlineData("a\n- b", "a ⏎ - b")]
    [InlineData(@"C:\Temp", @"C:\\Temp")]
    [InlineData("~~gone~~", @"\~\~gone\~\~")]
    public void Markdown_and_html_are_shown_not_obeyed(string hostile, string escaped) => CardText.Markdown(hostile).ShouldBe(escaped);

    [Theory]
    [InlineData("SRV-FILE01", "SRV-FILE01")]
    [InlineData("SRV-F\u0406LE01", "SRV-F\u0406LE01 ‹look-alike letters: U+0406›")]
    [InlineData("Müller GmbH", "Müller GmbH")]
    [InlineData("Школа", "Школа")]
    [InlineData("СОРЕ", "СОРЕ ‹look-alike letters: U+0421 U+041E U+0420 U+0415›")]
    [InlineData("Ｓrv", "Ｓrv ‹look-alike letters: U+FF33›")]
    [InlineData("東京SRV01", "東京SRV01")]
    [InlineData("서울 서버01", "서울 서버01")]
    [InlineData("\u05E9\u05E8\u05EA-SRV01", "\u2068\u05E9\u05E8\u05EA-SRV01\u2069")]
    [InlineData("SRV-F\u05E1LE", "\u2068SRV-F\u05E1LE\u2069 ‹look-alike letters: U+05E1›")]
    public void Letters_that_imitate_others_are_named(string name, string shown) => CardText.Name(name).ShouldBe(shown);

    [Theory]
    [InlineData("\u0645\u0643\u062A\u0628 2024", "\u2068\u0645\u0643\u062A\u0628 2024\u2069")]
    [InlineData("on \u05E9\u05E8\u05EA, 3 times", "\u2068on \u05E9\u05E8\u05EA, 3 times\u2069")]
    [InlineData("on \u2068\u05E9\u05E8\u05EA\u2069 of \u2068\u05DC\u05E7\u2069",
        "on \u2068\u05E9\u05E8\u05EA\u2069 of \u2068\u05DC\u05E7\u2069")]
    [InlineData("\u2068\u05E9\u202E\u05E8\u2069", "\u2068\u05E9‹U+202E›\u05E8\u2069")]
    [InlineData("SRV\u2068\u2069 \u2068x\u2069", "SRV‹U+2068›‹U+2069› ‹U+2068›x‹U+2069›")]
    [InlineData("\u05E9\u2069 of Contoso", "\u2068\u05E9‹U+2069› of Contoso\u2069")]
    [InlineData("\u2068\u2068\u05E9\u2069", "‹U+2068›\u2068\u05E9\u2069")]
    public void What_is_written_from_the_right_is_set_apart_once_and_whole(string text, string shown)
    {
        CardText.Plain(text).ShouldBe(shown);
        CardText.Plain(shown).ShouldBe(shown, "however often it passes here");
    }

    [Fact]
    public void What_is_copied_as_it_stands_gets_nothing_that_cannot_be_seen() =>
        CardText.Plain("-Name \u05E9\u05E8\u05EA", exact: true).ShouldBe("-Name \u05E9\u05E8\u05EA");

    [Fact]
    public void What_is_cut_stays_set_apart() =>
        CardText.Plain("on \u2068" + new string('\u05E9', 50) + "\u2069", 10)
            .ShouldBe("on \u2068" + new string('\u05E9', 7) + "… (+43 characters)\u2069");

    [Theory]
    [InlineData("SRV-DC01 · Fabrikam Inc", "SRV-DC01 ‹·› Fabrikam Inc")]
    [InlineData("· Fabrikam ·", "‹·› Fabrikam ‹·›")]
    [InlineData("Paral·lel", "Paral·lel")]
    public void A_name_does_not_pass_for_two(string name, string shown) => CardText.Name(name).ShouldBe(shown);

    [Fact]
    public void Half_a_character_is_named() => CardText.Plain("lone \ud800 half").ShouldBe("lone ‹U+D800› half");

    [Fact]
    public void Long_text_is_cut_and_says_so() => CardText.Plain(new string('x', 50), 10).ShouldBe("xxxxxxxxxx… (+40 characters)");

    [Fact]
    public void What_stands_in_the_source_keeps_its_markdown_and_what_is_filled_in_does_not()
    {
        var hostile = "**[x](y)**";
        CardMarkdown text = $"**{hostile}** of {3}";
        text.ToString().ShouldBe(@"**\*\*\[x\](y)\*\*** of 3");
    }

    [Fact]
    public void No_text_however_random_leaves_a_character_that_markdown_or_the_eye_could_misread() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text =>
    {
        var escaped = CardText.Markdown(text, 200);
        return !escaped.Contains('<', StringComparison.Ordinal) && !escaped.Any(char.IsControl) && CardText.Plain(text, 200).Length <= 230;
    }));
}
