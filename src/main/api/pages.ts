// The two pages that are not the console itself. No styles and no scripts: the content policy allows none inline.

/** Shown to a browser that has not signed in. */
export const closedPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tapedeck</title>
<h1>Tapedeck</h1>
<p>This browser is not signed in. In the folder of Tapedeck run <code>npm run open</code>
and follow the address that it prints. Each address works once, for ten minutes.</p>
</html>
`;

/** Goes on to the console in a navigation of our own. */
export const goToConsolePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0;url=/">
<title>Tapedeck</title>
<p><a href="/">Open the console</a></p>
</html>
`;
