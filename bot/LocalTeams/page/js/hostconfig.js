// Adaptive Cards' host configuration in the colours and sizes of Teams.

const palettes = {
  light: {
    text: '#242424', subtle: '#616161', accent: '#5B5FC7', good: '#0E700E', warning: '#8A5100', attention: '#B10E1C',
    invert: '#FFFFFF', plain: '#FFFFFF', emphasis: '#F3F2F5', line: '#D1D1D1',
    tints: { good: '#E7F2E7', warning: '#FBF1DC', attention: '#FBE9EA', accent: '#E8EBFA' },
  },
  dark: {
    text: '#FFFFFF', subtle: '#ADADAD', accent: '#A6ABF9', good: '#92C353', warning: '#F8D22A', attention: '#F6979D',
    invert: '#242424', plain: '#292929', emphasis: '#363638', line: '#4A4A4D',
    tints: { good: '#1F3A1B', warning: '#463A12', attention: '#4B2426', accent: '#32345E' },
  },
};

/** @param narrow A phone: the same card with less air, so that its buttons are on the first screen. */
export function hostConfig(dark, narrow = false) {
  const colours = dark ? palettes.dark : palettes.light;
  const shade = colour => ({ default: colour, subtle: colour, highlightColors: { default: dark ? '#5C4B00' : '#FFF4B0', subtle: dark ? '#5C4B00' : '#FFF4B0' } });
  const foregroundColors = {
    default: { ...shade(colours.text), subtle: colours.subtle },
    dark: shade(dark ? '#242424' : '#000000'),
    light: shade(dark ? '#E0E0E0' : '#5C5C5C'),
    accent: shade(colours.accent),
    good: shade(colours.good),
    warning: shade(colours.warning),
    attention: shade(colours.attention),
  };
  const style = backgroundColor => ({ backgroundColor, foregroundColors, borderColor: colours.line });
  return {
    fontFamily: '"Segoe UI Variable Text", "Segoe UI", system-ui, "Helvetica Neue", Arial, sans-serif',
    fontTypes: {
      default: {
        fontFamily: '"Segoe UI Variable Text", "Segoe UI", system-ui, "Helvetica Neue", Arial, sans-serif',
        fontSizes: { small: 12, default: 14, medium: 14, large: narrow ? 16 : 18, extraLarge: 24 },
        fontWeights: { lighter: 400, default: 400, bolder: 600 },
      },
      monospace: {
        fontFamily: '"Cascadia Mono", Consolas, ui-monospace, "DejaVu Sans Mono", monospace',
        fontSizes: { small: 11, default: 13, medium: 13, large: 17, extraLarge: 22 },
        fontWeights: { lighter: 400, default: 400, bolder: 600 },
      },
    },
    lineHeights: { small: 16, default: 20, medium: 20, large: narrow ? 20 : 24, extraLarge: 32 },
    supportsInteractivity: true,
    spacing: narrow
      ? { small: 4, default: 6, medium: 8, large: 12, extraLarge: 16, padding: 10 }
      : { small: 4, default: 8, medium: 12, large: 16, extraLarge: 20, padding: 16 },
    separator: { lineThickness: 1, lineColor: colours.line },
    imageSizes: { small: 32, medium: 52, large: 100 },
    containerStyles: {
      default: style(colours.plain),
      emphasis: style(colours.emphasis),
      good: style(colours.tints.good),
      warning: style(colours.tints.warning),
      attention: style(colours.tints.attention),
      accent: style(colours.tints.accent),
    },
    actions: {
      maxActions: 6,
      spacing: 'medium',
      buttonSpacing: 8,
      showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
      allowTitleToWrap: true,
    },
    adaptiveCard: { allowCustomStyle: false },
    inputs: {
      label: {
        inputSpacing: 'small',
        requiredInputs: { weight: 'bolder', suffix: ' *', suffixColor: 'attention' },
        optionalInputs: { weight: 'bolder' },
      },
      errorMessage: { color: 'attention', size: 'small' },
    },
    factSet: {
      title: { color: 'default', size: 'default', isSubtle: true, weight: 'default', wrap: true, maxWidth: 140 },
      value: { color: 'default', size: 'default', isSubtle: false, weight: 'default', wrap: true },
      spacing: 12,
    },
    table: { cellSpacing: 8 },
    textStyles: { heading: { size: 'large', weight: 'bolder' }, columnHeader: { weight: 'bolder' } },
    textBlock: { headingLevel: 3 },
    imageSet: { imageSize: 'medium', maxImageHeight: 100 },
  };
}
