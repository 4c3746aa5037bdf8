/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
function Tt(s,t){return customElements.get(s)?!1:(customElements.define(s,t),!0)}var N=globalThis,O=N.ShadowRoot&&(N.ShadyCSS===void 0||N.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,z=Symbol(),Y=new WeakMap,E=class{constructor(t,e,n){if(this._$cssResult$=!0,n!==z)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(O&&t===void 0){let n=e!==void 0&&e.length===1;n&&(t=Y.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),n&&Y.set(e,t))}return t}toString(){return this.cssText}},Q=s=>new E(typeof s=="string"?s:s+"",void 0,z),T=(s,...t)=>{let e=s.length===1?s[0]:t.reduce((n,r,o)=>n+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(r)+s[o+1],s[0]);return new E(e,s,z)},X=(s,t)=>{if(O)s.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let n=document.createElement("style"),r=N.litNonce;r!==void 0&&n.setAttribute("nonce",r),n.textContent=e.cssText,s.appendChild(n)}},L=O?s=>s:s=>s instanceof CSSStyleSheet?(t=>{let e="";for(let n of t.cssRules)e+=n.cssText;return Q(e)})(s):s;var{is:$t,defineProperty:bt,getOwnPropertyDescriptor:vt,getOwnPropertyNames:At,getOwnPropertySymbols:xt,getPrototypeOf:St}=Object,U=globalThis,tt=U.trustedTypes,Et=tt?tt.emptyScript:"",wt=U.reactiveElementPolyfillSupport,w=(s,t)=>s,j={toAttribute(s,t){switch(t){case Boolean:s=s?Et:null;break;case Object:case Array:s=s==null?s:JSON.stringify(s)}return s},fromAttribute(s,t){let e=s;switch(t){case Boolean:e=s!==null;break;case Number:e=s===null?null:Number(s);break;case Object:case Array:try{e=JSON.parse(s)}catch{e=null}}return e}},nt=(s,t)=>!$t(s,t),et={attribute:!0,type:String,converter:j,reflect:!1,useDefault:!1,hasChanged:nt};Symbol.metadata??=Symbol("metadata"),U.litPropertyMetadata??=new WeakMap;var m=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=et){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(t,n,e);r!==void 0&&bt(this.prototype,t,r)}}static getPropertyDescriptor(t,e,n){let{get:r,set:o}=vt(this.prototype,t)??{get(){return this[e]},set(i){this[e]=i}};return{get:r,set(i){let l=r?.call(this);o?.call(this,i),this.requestUpdate(t,l,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??et}static _$Ei(){if(this.hasOwnProperty(w("elementProperties")))return;let t=St(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(w("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(w("properties"))){let e=this.properties,n=[...At(e),...xt(e)];for(let r of n)this.createProperty(r,e[r])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[n,r]of e)this.elementProperties.set(n,r)}this._$Eh=new Map;for(let[e,n]of this.elementProperties){let r=this._$Eu(e,n);r!==void 0&&this._$Eh.set(r,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let n=new Set(t.flat(1/0).reverse());for(let r of n)e.unshift(L(r))}else t!==void 0&&e.push(L(t));return e}static _$Eu(t,e){let n=e.attribute;return n===!1?void 0:typeof n=="string"?n:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let n of e.keys())this.hasOwnProperty(n)&&(t.set(n,this[n]),delete this[n]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return X(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,n){this._$AK(t,n)}_$ET(t,e){let n=this.constructor.elementProperties.get(t),r=this.constructor._$Eu(t,n);if(r!==void 0&&n.reflect===!0){let o=(n.converter?.toAttribute!==void 0?n.converter:j).toAttribute(e,n.type);this._$Em=t,o==null?this.removeAttribute(r):this.setAttribute(r,o),this._$Em=null}}_$AK(t,e){let n=this.constructor,r=n._$Eh.get(t);if(r!==void 0&&this._$Em!==r){let o=n.getPropertyOptions(r),i=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:j;this._$Em=r;let l=i.fromAttribute(e,o.type);this[r]=l??this._$Ej?.get(r)??l,this._$Em=null}}requestUpdate(t,e,n,r=!1,o){if(t!==void 0){let i=this.constructor;if(r===!1&&(o=this[t]),n??=i.getPropertyOptions(t),!((n.hasChanged??nt)(o,e)||n.useDefault&&n.reflect&&o===this._$Ej?.get(t)&&!this.hasAttribute(i._$Eu(t,n))))return;this.C(t,e,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:n,reflect:r,wrapped:o},i){n&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,i??e??this[t]),o!==!0||i!==void 0)||(this._$AL.has(t)||(this.hasUpdated||n||(e=void 0),this._$AL.set(t,e)),r===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,o]of this._$Ep)this[r]=o;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[r,o]of n){let{wrapped:i}=o,l=this[r];i!==!0||this._$AL.has(r)||l===void 0||this.C(r,void 0,o,l)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(e)):this._$EM()}catch(n){throw t=!1,this._$EM(),n}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};m.elementStyles=[],m.shadowRootOptions={mode:"open"},m[w("elementProperties")]=new Map,m[w("finalized")]=new Map,wt?.({ReactiveElement:m}),(U.reactiveElementVersions??=[]).push("2.1.2");var q=globalThis,st=s=>s,D=q.trustedTypes,rt=D?D.createPolicy("lit-html",{createHTML:s=>s}):void 0,dt="$lit$",y=`lit$${Math.random().toFixed(9).slice(2)}$`,ht="?"+y,Ct=`<${ht}>`,b=document,R=()=>b.createComment(""),k=s=>s===null||typeof s!="object"&&typeof s!="function",G=Array.isArray,Rt=s=>G(s)||typeof s?.[Symbol.iterator]=="function",I=`[ 	
\f\r]`,C=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,ot=/-->/g,it=/>/g,_=RegExp(`>|${I}(?:([^\\s"'>=/]+)(${I}*=${I}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),at=/'/g,lt=/"/g,pt=/^(?:script|style|textarea|title)$/i,J=s=>(t,...e)=>({_$litType$:s,strings:t,values:e}),It=J(1),Wt=J(2),Bt=J(3),v=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),ct=new WeakMap,$=b.createTreeWalker(b,129);function ut(s,t){if(!G(s)||!s.hasOwnProperty("raw"))throw Error("invalid template strings array");return rt!==void 0?rt.createHTML(t):t}var kt=(s,t)=>{let e=s.length-1,n=[],r,o=t===2?"<svg>":t===3?"<math>":"",i=C;for(let l=0;l<e;l++){let a=s[l],c,p,d=-1,u=0;for(;u<a.length&&(i.lastIndex=u,p=i.exec(a),p!==null);)u=i.lastIndex,i===C?p[1]==="!--"?i=ot:p[1]!==void 0?i=it:p[2]!==void 0?(pt.test(p[2])&&(r=RegExp("</"+p[2],"g")),i=_):p[3]!==void 0&&(i=_):i===_?p[0]===">"?(i=r??C,d=-1):p[1]===void 0?d=-2:(d=i.lastIndex-p[2].length,c=p[1],i=p[3]===void 0?_:p[3]==='"'?lt:at):i===lt||i===at?i=_:i===ot||i===it?i=C:(i=_,r=void 0);let g=i===_&&s[l+1].startsWith("/>")?" ":"";o+=i===C?a+Ct:d>=0?(n.push(c),a.slice(0,d)+dt+a.slice(d)+y+g):a+y+(d===-2?l:g)}return[ut(s,o+(s[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),n]},P=class s{constructor({strings:t,_$litType$:e},n){let r;this.parts=[];let o=0,i=0,l=t.length-1,a=this.parts,[c,p]=kt(t,e);if(this.el=s.createElement(c,n),$.currentNode=this.el.content,e===2||e===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(r=$.nextNode())!==null&&a.length<l;){if(r.nodeType===1){if(r.hasAttributes())for(let d of r.getAttributeNames())if(d.endsWith(dt)){let u=p[i++],g=r.getAttribute(d).split(y),H=/([.?@])?(.*)/.exec(u);a.push({type:1,index:o,name:H[2],strings:g,ctor:H[1]==="."?B:H[1]==="?"?V:H[1]==="@"?K:x}),r.removeAttribute(d)}else d.startsWith(y)&&(a.push({type:6,index:o}),r.removeAttribute(d));if(pt.test(r.tagName)){let d=r.textContent.split(y),u=d.length-1;if(u>0){r.textContent=D?D.emptyScript:"";for(let g=0;g<u;g++)r.append(d[g],R()),$.nextNode(),a.push({type:2,index:++o});r.append(d[u],R())}}}else if(r.nodeType===8)if(r.data===ht)a.push({type:2,index:o});else{let d=-1;for(;(d=r.data.indexOf(y,d+1))!==-1;)a.push({type:7,index:o}),d+=y.length-1}o++}}static createElement(t,e){let n=b.createElement("template");return n.innerHTML=t,n}};function A(s,t,e=s,n){if(t===v)return t;let r=n!==void 0?e._$Co?.[n]:e._$Cl,o=k(t)?void 0:t._$litDirective$;return r?.constructor!==o&&(r?._$AO?.(!1),o===void 0?r=void 0:(r=new o(s),r._$AT(s,e,n)),n!==void 0?(e._$Co??=[])[n]=r:e._$Cl=r),r!==void 0&&(t=A(s,r._$AS(s,t.values),r,n)),t}var W=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:n}=this._$AD,r=(t?.creationScope??b).importNode(e,!0);$.currentNode=r;let o=$.nextNode(),i=0,l=0,a=n[0];for(;a!==void 0;){if(i===a.index){let c;a.type===2?c=new M(o,o.nextSibling,this,t):a.type===1?c=new a.ctor(o,a.name,a.strings,this,t):a.type===6&&(c=new F(o,this,t)),this._$AV.push(c),a=n[++l]}i!==a?.index&&(o=$.nextNode(),i++)}return $.currentNode=b,r}p(t){let e=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(t,n,e),e+=n.strings.length-2):n._$AI(t[e])),e++}},M=class s{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,n,r){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=A(this,t,e),k(t)?t===h||t==null||t===""?(this._$AH!==h&&this._$AR(),this._$AH=h):t!==this._$AH&&t!==v&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Rt(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==h&&k(this._$AH)?this._$AA.nextSibling.data=t:this.T(b.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:n}=t,r=typeof n=="number"?this._$AC(t):(n.el===void 0&&(n.el=P.createElement(ut(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(e);else{let o=new W(r,this),i=o.u(this.options);o.p(e),this.T(i),this._$AH=o}}_$AC(t){let e=ct.get(t.strings);return e===void 0&&ct.set(t.strings,e=new P(t)),e}k(t){G(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,n,r=0;for(let o of t)r===e.length?e.push(n=new s(this.O(R()),this.O(R()),this,this.options)):n=e[r],n._$AI(o),r++;r<e.length&&(this._$AR(n&&n._$AB.nextSibling,r),e.length=r)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let n=st(t).nextSibling;st(t).remove(),t=n}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},x=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,n,r,o){this.type=1,this._$AH=h,this._$AN=void 0,this.element=t,this.name=e,this._$AM=r,this.options=o,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=h}_$AI(t,e=this,n,r){let o=this.strings,i=!1;if(o===void 0)t=A(this,t,e,0),i=!k(t)||t!==this._$AH&&t!==v,i&&(this._$AH=t);else{let l=t,a,c;for(t=o[0],a=0;a<o.length-1;a++)c=A(this,l[n+a],e,a),c===v&&(c=this._$AH[a]),i||=!k(c)||c!==this._$AH[a],c===h?t=h:t!==h&&(t+=(c??"")+o[a+1]),this._$AH[a]=c}i&&!r&&this.j(t)}j(t){t===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},B=class extends x{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===h?void 0:t}},V=class extends x{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==h)}},K=class extends x{constructor(t,e,n,r,o){super(t,e,n,r,o),this.type=5}_$AI(t,e=this){if((t=A(this,t,e,0)??h)===v)return;let n=this._$AH,r=t===h&&n!==h||t.capture!==n.capture||t.once!==n.once||t.passive!==n.passive,o=t!==h&&(n===h||r);r&&this.element.removeEventListener(this.name,this,n),o&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},F=class{constructor(t,e,n){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(t){A(this,t)}};var Pt=q.litHtmlPolyfillSupport;Pt?.(P,M),(q.litHtmlVersions??=[]).push("3.3.3");var mt=(s,t,e)=>{let n=e?.renderBefore??t,r=n._$litPart$;if(r===void 0){let o=e?.renderBefore??null;n._$litPart$=r=new M(t.insertBefore(R(),o),o,void 0,e??{})}return r._$AI(s),r};var Z=globalThis,S=class extends m{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=mt(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return v}};S._$litElement$=!0,S.finalized=!0,Z.litElementHydrateSupport?.({LitElement:S});var Mt=Z.litElementPolyfillSupport;Mt?.({LitElement:S});(Z.litElementVersions??=[]).push("4.2.2");var f="lovato_dmed4";function ne(s,t){let e=s.devices[t];return e?.name_by_user??e?.name??""}async function oe(s,t,e){return(await s.callService(f,t,e,void 0,!1,!0)).response}async function ie(s,t,e,n={}){let[r=""]=e.split(".",1),o={entity_id:e,...n};await s.callService(r,t,o,void 0,!1,!1)}async function ae(s,t){let e=t.includes("authSig=")?t:(await s.callWS({type:"auth/sign_path",path:t,expires:60})).path,n=document.createElement("a");n.href=s.hassUrl(e),n.download="",n.click()}function de(s,t){let e=new Map;for(let{entity_id:n,device_id:r,platform:o,translation_key:i}of Object.values(s.entities))r===t&&o===f&&i&&e.set(`${n.split(".",1).join()}.${i}`,n);return e}function he(s,t,e){return s.states[t.get(e)??""]}function pe(s){return Object.values(s.entities).filter(({platform:t,translation_key:e})=>t===f&&e==="power").flatMap(({device_id:t})=>t??[])}function ue(s){return s!==void 0&&s.state!=="unavailable"&&s.state!=="unknown"}var Ht={mW:1e-6,W:.001,kW:1,MW:1e3,µV:1e-6,mV:.001,V:1,kV:1e3,mA:.001,A:1,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,J:1/36e5,kJ:1/3600,MJ:1/3.6,GJ:1e3/3.6};function ft(s,t=s?.state){let e=String(s?.attributes.unit_of_measurement),n=Number.parseFloat(t??"")*(Ht[e]??1);return Number.isFinite(n)?n:null}function me(s,t){let e=s?.attributes[t];return Array.isArray(e)?e.map(String):[]}var gt={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",system:void 0},yt=new Map;function ge(s,t,e){let{language:n,number_format:r}=e,o=`${n} ${r} ${t}`,i=yt.get(o);if(!i){let l=r in gt?gt[r]:n;i=new Intl.NumberFormat(l,{minimumFractionDigits:t,maximumFractionDigits:t,useGrouping:r!=="none"}),yt.set(o,i)}return i.format(Number(s.toFixed(t))||0)}function ye(s){let t=Math.max(0,Math.floor(s)),e=n=>String(n%60).padStart(2,"0");return`${Math.floor(t/3600)}:${e(Math.floor(t/60))}:${e(t)}`}function _e(s,t,e=new Date){let{language:n,time_format:r,time_zone:o}=t.locale,i=o==="server"?{timeZone:t.config.time_zone}:{},l=new Intl.DateTimeFormat(n,{...i,dateStyle:"medium"}),c=new Intl.DateTimeFormat(r==="system"?void 0:n,{...i,timeStyle:"short",...r==="12"||r==="24"?{hour12:r==="12"}:{}}).format(s);return l.format(s)===l.format(e)?c:`${l.format(s)}, ${c}`}var ve=T`
button,
select,
input {
box-sizing: border-box;
min-height: 44px;
font: inherit;
font-size: var(--ha-font-size-m, 14px);
color: var(--primary-text-color, #141414);
}
button {
display: inline-flex;
align-items: center;
justify-content: center;
gap: 8px;
padding: 0 16px;
border: 0;
border-radius: var(--ha-border-radius-pill, 9999px);
/* The theme's neutral fill can hardly be told from a dark card. */
background: color-mix(in srgb, currentColor 10%, transparent);
font-weight: var(--ha-font-weight-medium, 500);
line-height: 1.2;
cursor: pointer;
transition: background-color 120ms;
}
button:hover:not([disabled]) {
background: color-mix(in srgb, currentColor 20%, transparent);
}
button.start {
background: var(--ha-color-fill-success-loud-resting, #036730);
color: var(--ha-color-on-success-loud, #fff);
}
button.start:hover:not([disabled]) {
background: var(--ha-color-fill-success-loud-hover, #0a5027);
}
button.end {
background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
color: var(--ha-color-on-danger-normal, #b30532);
}
button.end:hover:not([disabled]) {
background: var(--ha-color-fill-danger-normal-hover, #ffb8b6);
}
button[disabled] {
cursor: default;
opacity: 0.5;
}
input,
select {
width: 100%;
padding: 0 12px;
border: 0;
border-bottom: 1px solid var(--ha-color-border-neutral-normal, #7a7a7a);
border-radius: var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;
background: var(--ha-color-form-background, #f3f3f3);
}
input[type="checkbox"] {
flex: none;
width: 20px;
min-height: 20px;
margin: 0;
accent-color: var(--primary-color, #009ac7);
}
option {
background: var(--card-background-color, #fff);
}
[aria-invalid="true"] {
border-bottom-color: var(--error-color, #db4437);
}
:focus-visible {
outline: 2px solid var(--primary-color, #009ac7);
outline-offset: 2px;
}
.visually-hidden {
position: absolute;
width: 1px;
height: 1px;
overflow: hidden;
clip-path: inset(50%);
white-space: nowrap;
}
`,Ae=T`
dialog {
box-sizing: border-box;
width: min(440px, calc(100vw - 32px));
max-height: calc(100dvh - 32px);
padding: 24px;
border: 0;
border-radius: var(--ha-border-radius-3xl, 24px);
background: var(--card-background-color, #fff);
color: var(--primary-text-color, #141414);
box-shadow: 0 8px 32px rgb(0 0 0 / 30%);
}
dialog::backdrop {
background: rgb(0 0 0 / 50%);
}
dialog h2 {
margin: 0 0 8px;
font-size: var(--ha-font-size-xl, 20px);
font-weight: var(--ha-font-weight-medium, 500);
}
dialog p {
margin: 0 0 16px;
color: var(--secondary-text-color, #5e5e5e);
line-height: 1.5;
}
dialog .buttons {
display: flex;
flex-wrap: wrap;
justify-content: flex-end;
gap: 8px;
margin-top: 24px;
}
`;var _t="config_panel";function Nt(s){return`component.${f}.${_t}.${s}`}function Ot(s){let t=(e,n)=>s.localize(Nt(e),n);return t("card.action.start")?t:void 0}function Ee(s){s.loadBackendTranslation(_t,f).catch(()=>{})}function we(s,t,e){return s.localize(`component.${f}.entity.${t}.state.${e}`)||e}async function Ce(s,t){let{message:e,translation_domain:n,translation_key:r,translation_placeholders:o}=t??{};if(n&&r){await s.loadBackendTranslation("exceptions",n);let i=s.localize(`component.${n}.exceptions.${r}.message`,o);if(i)return i}return e??Ot(s)?.("error.connection")??""}async function Pe(s,t,e,n){try{let o=(await s.callWS({type:"history/history_during_period",start_time:new Date(e*1e3).toISOString(),...n?{end_time:new Date(n*1e3).toISOString()}:{},entity_ids:[t],minimal_response:!0,no_attributes:!0,significant_changes_only:!1}))[t]??[];return o.flatMap(({s:i,lu:l},a)=>{let c=ft(s.states[t],i);return c===null?[]:{from:l,to:o[a+1]?.lu??null,value:c}})}catch{return[]}}export{T as a,It as b,Wt as c,h as d,S as e,f,ne as g,oe as h,ie as i,ae as j,de as k,he as l,pe as m,ue as n,ft as o,me as p,ge as q,ye as r,_e as s,ve as t,Ae as u,Nt as v,Ot as w,Ee as x,we as y,Ce as z,Pe as A,Tt as B};
